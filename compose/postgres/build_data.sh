#!/bin/bash
# Makes the data of both databases while the images are built: /data/primary/data.tar, seeded, and
# /data/replica/data.tar, a standby that has streamed once over the slot postgres_replica. The WAL of
# each is in pg_wal.tar beside it, for the disk that the stack has for it. One file is unpacked in half
# the time that a thousand are copied in.
set -euo pipefail

primary=/data/primary/data
replica=/data/replica/data
socket=/tmp/pg-build
host="host=$socket port=5432"
mkdir -p "$socket" /data/primary /data/replica

start() { # start DATA PORT [OPTION...]: as the image will run it, but on a socket of the build's own
    local data=$1 port=$2
    shift 2
    pg_ctl -D "$data" -w -s -l "$socket/$port.log" start -o "-c listen_addresses='' \
        -c unix_socket_directories=$socket -c port=$port -c hba_file=/build/pg_hba.conf \
        -c max_connections=60 -c max_wal_senders=6 -c max_replication_slots=6 -c min_wal_size=4MB \
        -c track_commit_timestamp=on $*" || { cat "$socket/$port.log"; return 1; }
}

initdb -D "$primary" --username=postgres --encoding=UTF8 --locale-provider=builtin \
    --builtin-locale=C.UTF-8 --locale=C.UTF-8 --data-checksums --wal-segsize=1 --auth=trust --no-instructions >/dev/null
start "$primary" 5432
run() { psql -X -q -v ON_ERROR_STOP=1 -o /dev/null "$@"; }
run "$host user=postgres" -f /build/roles.sql
run "$host dbname=sme_erp user=erp" -f /build/schema.sql -f /build/seed.sql
run "$host dbname=sme_erp user=postgres" -c 'VACUUM (FREEZE, ANALYZE)'

pg_basebackup -d "$host user=replicator" -D "$replica" -c fast -X stream -C -S postgres_replica
touch "$replica/standby.signal"
start "$replica" 5433 -c primary_slot_name=postgres_replica -c "primary_conninfo='$host user=replicator'"

caught_up="SELECT count(*) FROM pg_stat_replication WHERE replay_lsn = pg_current_wal_lsn()"
for _ in $(seq 100); do
    [[ $(psql -XAt "$host user=postgres" -c "$caught_up") == 1 ]] && break
    sleep 0.1
done
[[ $(psql -XAt "$host user=postgres" -c "$caught_up") == 1 ]] || { cat "$socket"/*.log; exit 1; }
pg_ctl -D "$primary" -w -s -m fast stop
pg_ctl -D "$replica" -w -s -m fast stop

identity() { pg_controldata "$1" | sed -n 's/^Database system identifier: *//p'; }
[[ $(identity "$primary") == "$(identity "$replica")" ]]
rm -rf "$socket"
for data in "$primary" "$replica"; do
    node=$(dirname "$data")
    tar -C "$data" -cf "$node/pg_wal.tar" --remove-files pg_wal
    ln -s /var/lib/postgresql-wal/pg_wal "$data/pg_wal"
    tar -C "$node" -cf "$node/data.tar" --remove-files data
done
