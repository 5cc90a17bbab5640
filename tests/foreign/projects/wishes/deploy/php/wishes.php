<?php
// GET / lists the newest wishes, POST /wishes takes one. The cache only saves the database work.

mysqli_report(MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT);

function database(): mysqli
{
    $database = mysqli_init();
    $database->options(MYSQLI_OPT_CONNECT_TIMEOUT, 1);
    $database->options(MYSQLI_OPT_READ_TIMEOUT, 1);
    $database->real_connect('mariadb', 'santa', getenv('MYSQL_PASSWORD'), 'wishes');
    return $database;
}

function newest(): array
{
    try {
        $cache = new Redis();
        $cache->connect('cache', 6379, 0.2, null, 0, 0.2);
        if ($kept = $cache->get('newest')) {
            return json_decode($kept);
        }
    } catch (RedisException) {
        $cache = null;
    }
    $newest = database()->query('SELECT what FROM wishes ORDER BY made DESC LIMIT 5')->fetch_all();
    $cache?->setex('newest', 1, json_encode($newest));
    return $newest;
}

function answer(): void
{
    if ($_SERVER['REQUEST_URI'] === '/health') {
        echo 'ok';
    } elseif ($_SERVER['REQUEST_METHOD'] === 'POST') {
        $wish = json_decode(file_get_contents('php://input'));
        $insert = 'INSERT INTO wishes (wish, what) VALUES (?, ?)';
        database()->execute_query($insert, [$wish->wish, $wish->what]);
        http_response_code(201);
        echo json_encode(['wish' => $wish->wish]);
    } else {
        echo json_encode(['newest' => newest()]);
    }
}

try {
    answer();
} catch (mysqli_sql_exception $error) {
    http_response_code(503);
    error_log($error->getMessage());
}
