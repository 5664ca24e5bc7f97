-- 银企直联中间表：卸载 / Middle tables: uninstall.
-- PostgreSQL 12 or later. Run as the owner of the schema: psql -v ON_ERROR_STOP=1 -f <file>. May be run again.
-- 以模式所有者身份执行，可重复执行。
-- Removes every table WITH ITS ROWS, and what belongs to them. Back up first. 删除所有表及数据，请先备份。

DROP TABLE IF EXISTS yq_payment_event_archive;
DROP TABLE IF EXISTS yq_payment_archive;
DROP TABLE IF EXISTS yq_heartbeat;
DROP TABLE IF EXISTS yq_command;
DROP TABLE IF EXISTS yq_ledger;
DROP TABLE IF EXISTS yq_collection;
DROP TABLE IF EXISTS yq_journal_reversal;
DROP TABLE IF EXISTS yq_journal_line;
DROP TABLE IF EXISTS yq_journal;
DROP TABLE IF EXISTS yq_receipt;
DROP TABLE IF EXISTS yq_statement_withdrawal;
DROP TABLE IF EXISTS yq_balance;
DROP TABLE IF EXISTS yq_statement_line;
DROP TABLE IF EXISTS yq_payment_event;
DROP TABLE IF EXISTS yq_payment;
DROP FUNCTION IF EXISTS yq_archive(timestamptz, integer);
DROP FUNCTION IF EXISTS yq_payment_guard_update();
DROP FUNCTION IF EXISTS yq_payment_guard_insert();
DROP FUNCTION IF EXISTS yq_payment_guard_delete();
DROP FUNCTION IF EXISTS yq_append_only();
DROP FUNCTION IF EXISTS yq_payment_event_guard_delete();
DROP FUNCTION IF EXISTS yq_journal_guard_update();
DROP FUNCTION IF EXISTS yq_collection_guard_update();
-- Roles belong to the whole server: another database that uses them keeps them. 角色属于整个服务器，其他库仍在用时保留。
DO $$
BEGIN
  IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'yq_erp') THEN
    EXECUTE 'DROP OWNED BY yq_erp';
    DROP ROLE yq_erp;
  END IF;
EXCEPTION WHEN dependent_objects_still_exist OR insufficient_privilege THEN
  RAISE NOTICE '角色 yq_erp 保留 / role yq_erp is kept: %', SQLERRM;
END;
$$;
DO $$
BEGIN
  IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'yq_connector') THEN
    EXECUTE 'DROP OWNED BY yq_connector';
    DROP ROLE yq_connector;
  END IF;
EXCEPTION WHEN dependent_objects_still_exist OR insufficient_privilege THEN
  RAISE NOTICE '角色 yq_connector 保留 / role yq_connector is kept: %', SQLERRM;
END;
$$;
