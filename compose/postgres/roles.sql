-- Passwords of a stack that lives for one drill on 127.0.0.1; never use them elsewhere.
CREATE ROLE erp LOGIN PASSWORD 'drill-only-erp';
CREATE ROLE replicator LOGIN REPLICATION PASSWORD 'drill-only-replicator';
CREATE ROLE observer LOGIN PASSWORD 'drill-only-observer';
-- What pg_rewind reads of who was promoted, to have an old primary follow it.
GRANT EXECUTE ON FUNCTION pg_ls_dir(text, boolean, boolean), pg_stat_file(text, boolean),
    pg_read_binary_file(text), pg_read_binary_file(text, bigint, bigint, boolean) TO replicator;
-- The ERP reports its replica's state; the observer reads everything and changes nothing.
GRANT pg_read_all_stats TO erp;
GRANT pg_monitor, pg_read_all_data TO observer;
CREATE DATABASE sme_erp OWNER erp;
