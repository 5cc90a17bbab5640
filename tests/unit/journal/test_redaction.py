"""Secrets never survive; ordinary text does."""

from __future__ import annotations

import base64
import html
import json
import re
from urllib.parse import quote

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from drills.journal.redaction import MASK, Redactor

PASSWORD = "".join(chr(code) for code in range(33, 127) if chr(code) not in "[]")
SECRETS = st.text(PASSWORD, min_size=6, max_size=20)
WORDS = st.text("abc xyz\n\"'=:,{}", max_size=30)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("postgresql://erp:pw@db:5432/erp", f"postgresql://erp:{MASK}@db:5432/erp"),
        ("postgresql://erp:p/a:s?w@db/erp", f"postgresql://erp:{MASK}@db/erp"),
        ("postgresql://erp:p@ss@db/erp", f"postgresql://erp:{MASK}@db/erp"),
        ("postgresql://erp:p%40ss%2F@db/erp", f"postgresql://erp:{MASK}@db/erp"),
        ("postgresql://erp:pa'ss@db/erp", f"postgresql://erp:{MASK}@db/erp"),
        ("amqp://:pw@mq", f"amqp://:{MASK}@mq"),
        ("http://u:pw@nginx/", f"http://u:{MASK}@nginx/"),
        (
            '{"a":"postgresql://u:pw@h/d","b":"x@y"}',
            f'{{"a":"postgresql://u:{MASK}@h/d","b":"x@y"}}',
        ),
        ("at eyJhbGciOi.eyJzdWIiOi.c2ln-_ end", f"at {MASK} end"),
        ("Authorization: Bearer abc", f"Authorization: Bearer {MASK}"),
        ('{"authorization": "Basic dXNl"}', f'{{"authorization": "Basic {MASK}"}}'),
        ("got bearer 0123456789abcdef", f"got bearer {MASK}"),
        ("POSTGRES_PASSWORD=a, b;c'd", f"POSTGRES_PASSWORD={MASK}"),
        ("export JWT_SECRET=xyz", f"export JWT_SECRET={MASK}"),
        ("API_KEY=12345", f"API_KEY={MASK}"),
        ('["PG_PASSWORD=ab,cd","X=1"]', f'["PG_PASSWORD={MASK}","X=1"]'),
        ('{"password": "a, \\"b\\" c", "x": "y"}', f'{{"password": "{MASK}", "x": "y"}}'),
        ('{\\"password\\":\\"abc\\",\\"x\\":1}', f'{{\\"password\\":\\"{MASK}\\",\\"x\\":1}}'),
        ("{'client_secret': 'abc def'}", f"{{'client_secret': '{MASK}'}}"),
        ("host=h password=abcdef user=u", f"host=h password={MASK} user=u"),
        ('"access_token":"opaque","token_type":"b"', f'"access_token":"{MASK}","token_type":"b"'),
        ("X-Api-Key: abc", f"X-Api-Key: {MASK}"),
        ("SMTP_PASS=pw with spaces", f"SMTP_PASS={MASK}"),
        ("smtp_pass=abc user=u", f"smtp_pass={MASK} user=u"),
        ("export MYSQL_PWD = a'b", f"export MYSQL_PWD = {MASK}"),
        ("REDIS_AUTH=abc", f"REDIS_AUTH={MASK}"),
        ("Cookie: sid=abc; other=def", f"Cookie: {MASK}"),
        ('{"Set-Cookie": "sid=abc; Path=/", "x": 1}', f'{{"Set-Cookie": "{MASK}", "x": 1}}'),
        ("why: password=abc", f"why: password={MASK}"),
        ('{"dbPassword": "abc"}', f'{{"dbPassword": "{MASK}"}}'),
        (
            "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----",
            f"-----BEGIN RSA PRIVATE KEY-----{MASK}-----END RSA PRIVATE KEY-----",
        ),
    ],
)
def test_what_looks_like_a_secret_is_masked(text: str, expected: str) -> None:
    """Also one that nobody told us of, and nothing but it; masking twice changes nothing."""
    redact = Redactor()
    assert redact(text) == expected
    assert redact(redact(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "the replica stopped at 12:30:01, exit code 137",
        '"token_type": "bearer"',
        "next_token: page2",
        "TOKEN_TTL=3600",
        "they played secret santa",
        "the bearer announcements of the day",
        "the password was changed",
        'password=""',
        "http://nginx:8080/users/a@b",
        "http://nginx:8080/health and mail to a@b",
        "GET /api/v1/inventory?limit=20 HTTP/1.1",
        "keyboard=dvorak monkey=1",
        "INSERT 0 1; duration: 3.2 ms",
        "PWD=/home/erp",
        "POSTGRES_PASSWORD_FILE=/run/secrets/db",
        "PGPASSFILE=/root/.pgpass",
        "PASSWORD_RETRIES=3",
        "pass=12 fail=1",
        "auth: scram-sha-256",
        '{"key": "ReplicaDown", "value": "1"}',
        "max_tokens: 4096",
        "COMPASS=north BYPASS=true",
    ],
)
def test_ordinary_text_is_untouched(text: str) -> None:
    """A report that hides everything tells nothing."""
    assert Redactor(["some-secret"])(text) == text


@given(SECRETS, WORDS, WORDS)
def test_a_known_secret_never_survives(secret: str, before: str, after: str) -> None:
    """As it is, percent-encoded, and inside JSON inside JSON's strings."""
    assume(secret not in MASK)
    redact = Redactor([secret])
    encoded = quote(secret, safe="")
    inside = json.dumps({"a": before + secret + after})
    assert secret not in redact(before + secret + after)
    assert encoded not in redact(f"{before}{encoded}{after}")
    assert json.dumps(secret)[1:-1] not in redact(inside)


@given(st.lists(SECRETS, min_size=2, max_size=4), st.data())
def test_overlapping_secrets_all_go(secrets: list[str], data: st.DataObject) -> None:
    """No secret shows the rest of another that it overlaps."""
    first, second = secrets[:2]
    shared = data.draw(st.integers(1, 5))
    overlapping = first + (second[shared:] if first.endswith(second[:shared]) else second)
    redact = Redactor([*secrets, overlapping[2:], overlapping[:-2]])
    assert redact(overlapping) == MASK


def test_two_secrets_that_share_letters_leave_nothing_of_either() -> None:
    """The stretch that they cover together goes as one."""
    assert Redactor(["abcdef", "defghi"])("<abcdefghi>") == f"<{MASK}>"


@given(SECRETS)
def test_an_unknown_password_of_a_dsn_never_survives(secret: str) -> None:
    """Whatever characters it has, but angle brackets, quotes and backslashes."""
    assume(not set(secret) & set("<>\"'\\"))
    dsn = f"connecting to postgresql://observer:{secret}@db:5432/erp now"
    assert Redactor()(dsn) == f"connecting to postgresql://observer:{MASK}@db:5432/erp now"


@given(SECRETS)
def test_an_unknown_value_of_an_environment_file_never_survives(secret: str) -> None:
    """The rest of its line goes, whatever is in it."""
    text = f"LOG_LEVEL=info\nDB_PASSWORD={secret}\nPOOL_SIZE=8\n"
    assert Redactor()(text) == f"LOG_LEVEL=info\nDB_PASSWORD={MASK}\nPOOL_SIZE=8\n"


@given(SECRETS)
def test_an_unknown_password_in_json_never_survives(secret: str) -> None:
    """Quotes and backslashes in it included."""
    document = json.loads(Redactor()(json.dumps({"password": secret, "user": "erp"})))
    assert document == {"password": MASK, "user": "erp"}


def test_settings_teach_their_secrets() -> None:
    """Values of names that name one, passwords within others; plain settings stay readable."""
    redact = Redactor()
    redact.know_settings(
        {
            "LOG_LEVEL": "info-level",
            "JWT_SECRET": "quoted-secret",
            "DATABASE_URL": "postgresql://erp:first%2Fpw@a,b/erp",
            "API_TOKEN": "token-value",
            "SMTP_PASS": "pass-of-the-mail",
            "CONNECTION": "Host=db;Uid=erp;Pwd=of-the-connection",
            "PASSWORD_FILE": "/run/secrets/db",
        }
    )
    told = "quoted-secret first%2Fpw first/pw token-value pass-of-the-mail of-the-connection"
    assert redact(told) == " ".join([MASK] * 6)
    assert redact("info-level /run/secrets/db") == "info-level /run/secrets/db"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PGPASSWORD=ab1", f"PGPASSWORD={MASK}"),
        ('{"Env": ["PGPASSWORD=ab", "X=1"]}', f'{{"Env": ["PGPASSWORD={MASK}", "X=1"]}}'),
        ("my_pin: 12", f"my_pin: {MASK}"),
        ("ab1 of 12", "ab1 of 12"),
    ],
)
def test_a_short_secret_is_masked_where_its_name_stands(text: str, expected: str) -> None:
    """Elsewhere it is an ordinary word."""
    redact = Redactor()
    redact.know_settings({"PGPASSWORD": "ab1", "X": "1"})
    redact._names |= {"my_pin"}
    assert redact(text) == expected


def test_a_password_that_is_a_public_name_hides_no_name() -> None:
    """Many a stack's first password is "postgres", and so are its service, user and database."""
    redact = Redactor()
    redact.know_settings({"POSTGRES_PASSWORD": "postgres", "POSTGRES_USER": "postgres"})
    redact.know_settings({"DATABASE_URL": "postgresql://shopping:shopping@db:5432/shopping"})
    redact.spare("shopping")
    assert redact("postgres-1: shopping began") == "postgres-1: shopping began"
    assert redact("POSTGRES_PASSWORD=postgres") == f"POSTGRES_PASSWORD={MASK}"
    assert redact("postgresql://postgres:postgres@db") == f"postgresql://postgres:{MASK}@db"


def shown(secret: str) -> dict[str, str]:
    """A secret as the tools of a stack write it."""
    header = base64.b64encode(f"erp:{secret}".encode()).decode()
    longer = base64.b64encode(f"an erp user:{secret}:and more".encode()).decode()
    encoded = quote(secret, safe="")
    return {
        "basic header": header,
        "within base64": longer,
        "within URL-safe base64": base64.urlsafe_b64encode(f"u:{secret}!".encode()).decode(),
        "percent-encoded, small": re.sub("%..", lambda found: found[0].lower(), encoded),
        "a browser's encoding": quote(secret, safe="!'()*~"),
        "JSON of PHP": json.dumps(secret)[1:-1].replace("/", "\\/"),
        "JSON of Go": json.dumps(secret)[1:-1]
        .replace("<", "\\u003c")
        .replace(">", "\\u003e")
        .replace("&", "\\u0026"),
        "HTML": html.escape(secret),
        "HTML with numbers": html.escape(secret).replace("&#x27;", "&#39;"),
    }


@pytest.mark.parametrize("way", shown(""))
@settings(deadline=None)
@given(SECRETS, st.text("abc:/?-", max_size=5), st.text("xyz:/?-", max_size=5))
def test_a_known_secret_survives_in_no_form(way: str, secret: str, before: str, after: str) -> None:
    """As URLs, pages, JSON of other languages and base64 have it, wherever in it it begins."""
    assume(secret not in MASK)
    redact = Redactor([secret])
    left = redact(base64.b64encode(f"{before}{secret}{after}".encode()).decode())
    assert MASK in left
    beside = 4 * (len(before) + len(after)) / 3
    assert len(left.replace(MASK, "")) <= beside + 4  # none is the secret's alone
    form = shown(secret)[way]
    assert form not in redact(f"{before}{form}{after}")


def test_a_secret_that_is_no_utf_8_is_masked_as_it_is_shown() -> None:
    """Whether whoever wrote the log took the bytes for Latin-1, or replaced them."""
    secret = b"Gr\xfc\xdfe-an-alle".decode("utf-8", "surrogateescape")
    redact = Redactor()
    redact.know_settings({"SMTP_PASS": secret})
    for text in ("Gr\xfc\xdfe-an-alle", "Gr\ufffd\ufffde-an-alle", "Gr%FC%DFe-an-alle"):
        assert redact(f"<{text}>") == f"<{MASK}>"


@pytest.mark.parametrize("written", ["pass word/1", "pass%20word%2F1", "pass+word%2F1"])
@pytest.mark.parametrize("known", ["pass word/1", "pass%20word%2F1"])
def test_a_secret_is_known_in_every_form(known: str, written: str) -> None:
    """Percent-encoded or not, whichever form we were told."""
    assert Redactor([known])(f"<{written}>") == f"<{MASK}>"


def test_a_secret_that_could_be_a_word_is_not_known() -> None:
    """Six characters at least, or every text would be full of masks."""
    assert Redactor(["drill", ""])("a drill") == "a drill"
