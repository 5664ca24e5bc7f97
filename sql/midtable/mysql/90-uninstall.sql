-- 银企直联中间表：卸载 / Middle tables: uninstall.
-- MySQL 8.0.16 or MariaDB 10.6 or later. Run in the database of the middle tables: mysql <database> < <file>. May be run again.
-- 在中间表所在数据库执行，可重复执行。
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
DROP PROCEDURE IF EXISTS yq_archive;
DROP ROLE IF EXISTS yq_erp;
DROP ROLE IF EXISTS yq_connector;
