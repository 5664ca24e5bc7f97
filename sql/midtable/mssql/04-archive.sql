-- 银企直联中间表：归档 / Middle tables: archiving.
-- SQL Server 2012 or later. Run in the database of the middle tables as its owner: sqlcmd -I -i <file> (or SSMS). May be run again.
-- 在中间表所在数据库以所有者身份执行，可重复执行。
-- Moves payments that ended before a given instant, with their events, into yq_payment_archive and yq_payment_event_archive,
-- and removes answered commands of that time. Keep at least as long as a bank may return a payment (90 days is short).
-- 把指定时间前已终结的付款及其状态流水移入归档表，并清除已答复的指令。保留期不应短于银行退票期（90 天已属短）。
--   EXEC yq_archive @before = '2026-01-01', @at_most = 10000;   -- repeat until it moves 0
IF OBJECT_ID(N'yq_archive') IS NOT NULL DROP PROCEDURE yq_archive;
GO
CREATE PROCEDURE yq_archive (@before DATETIME2(3), @at_most INT) AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;
  DECLARE @moved INT;
  BEGIN TRANSACTION;
  INSERT INTO yq_payment_archive (id, source_system, account_set, doc_type, doc_no, doc_line, revision, company_code, payer_account,
      payer_name, payee_account, payee_name, payee_bank_name, payee_bank_code, payee_kind, payee_province,
      payee_city, amount, currency, purpose, postscript, business_type, requested_on, urgency, batch_no,
      maker, checker, request, created_at, status, status_text, status_seq, error_code, bank_reference,
      bank_serial, settled_at, receipt_no, updated_at, taken_at, taken_by, cancel_taken_at, archived_at)
  SELECT TOP (@at_most) id, source_system, account_set, doc_type, doc_no, doc_line, revision, company_code, payer_account,
      payer_name, payee_account, payee_name, payee_bank_name, payee_bank_code, payee_kind, payee_province,
      payee_city, amount, currency, purpose, postscript, business_type, requested_on, urgency, batch_no,
      maker, checker, request, created_at, status, status_text, status_seq, error_code, bank_reference,
      bank_serial, settled_at, receipt_no, updated_at, taken_at, taken_by, cancel_taken_at, SYSUTCDATETIME()
  FROM yq_payment WITH (UPDLOCK, ROWLOCK, READPAST)
  WHERE status IN (N'settled', N'failed', N'returned', N'cancelled', N'invalid') AND updated_at < @before
  ORDER BY updated_at;
  SET @moved = @@ROWCOUNT;
  INSERT INTO yq_payment_event_archive (id, source_system, account_set, doc_type, doc_no, doc_line, revision, seq, status, status_text,
      cause, error_code, bank_reference, bank_serial, happened_at, created_at, archived_at)
  SELECT e.id, e.source_system, e.account_set, e.doc_type, e.doc_no, e.doc_line, e.revision, e.seq, e.status,
      e.status_text, e.cause, e.error_code, e.bank_reference, e.bank_serial, e.happened_at, e.created_at, SYSUTCDATETIME()
  FROM yq_payment_event AS e
  JOIN yq_payment AS p ON p.source_system = e.source_system AND p.account_set = e.account_set AND
      p.doc_type = e.doc_type AND p.doc_no = e.doc_no AND p.doc_line = e.doc_line AND
      p.revision = e.revision
  JOIN yq_payment_archive AS a ON a.id = p.id;
  DELETE FROM yq_payment_event WHERE id IN (SELECT a.id FROM yq_payment_event_archive AS a);
  DELETE FROM yq_payment WHERE id IN (SELECT a.id FROM yq_payment_archive AS a);
  DELETE FROM yq_command WHERE status <> N'new' AND answered_at < @before;
  COMMIT TRANSACTION;
  SELECT @moved AS moved;
END;
GO
