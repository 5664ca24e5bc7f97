-- 银企直联中间表：卸载 / Middle tables: uninstall.
-- SQL Server 2012 or later. Run in the database of the middle tables as its owner: sqlcmd -I -i <file> (or SSMS). May be run again.
-- 在中间表所在数据库以所有者身份执行，可重复执行。
-- Removes every table WITH ITS ROWS, and what belongs to them. Back up first. 删除所有表及数据，请先备份。

IF OBJECT_ID(N'yq_payment_event_archive') IS NOT NULL DROP TABLE yq_payment_event_archive;
IF OBJECT_ID(N'yq_payment_archive') IS NOT NULL DROP TABLE yq_payment_archive;
IF OBJECT_ID(N'yq_heartbeat') IS NOT NULL DROP TABLE yq_heartbeat;
IF OBJECT_ID(N'yq_command') IS NOT NULL DROP TABLE yq_command;
IF OBJECT_ID(N'yq_ledger') IS NOT NULL DROP TABLE yq_ledger;
IF OBJECT_ID(N'yq_collection') IS NOT NULL DROP TABLE yq_collection;
IF OBJECT_ID(N'yq_journal_reversal') IS NOT NULL DROP TABLE yq_journal_reversal;
IF OBJECT_ID(N'yq_journal_line') IS NOT NULL DROP TABLE yq_journal_line;
IF OBJECT_ID(N'yq_journal') IS NOT NULL DROP TABLE yq_journal;
IF OBJECT_ID(N'yq_receipt') IS NOT NULL DROP TABLE yq_receipt;
IF OBJECT_ID(N'yq_statement_withdrawal') IS NOT NULL DROP TABLE yq_statement_withdrawal;
IF OBJECT_ID(N'yq_balance') IS NOT NULL DROP TABLE yq_balance;
IF OBJECT_ID(N'yq_statement_line') IS NOT NULL DROP TABLE yq_statement_line;
IF OBJECT_ID(N'yq_payment_event') IS NOT NULL DROP TABLE yq_payment_event;
IF OBJECT_ID(N'yq_payment') IS NOT NULL DROP TABLE yq_payment;
IF OBJECT_ID(N'yq_archive') IS NOT NULL DROP PROCEDURE yq_archive;
-- A role with members is not dropped: take its logins out first. 角色内有成员时无法删除，请先移出。
IF DATABASE_PRINCIPAL_ID(N'yq_erp') IS NOT NULL DROP ROLE yq_erp;
IF DATABASE_PRINCIPAL_ID(N'yq_connector') IS NOT NULL DROP ROLE yq_connector;
GO
