-- 银企直联中间表：归档 / Middle tables: archiving.
-- PostgreSQL 12 or later. Run as the owner of the schema: psql -v ON_ERROR_STOP=1 -f <file>. May be run again.
-- 以模式所有者身份执行，可重复执行。
-- Moves payments that ended before a given instant, with their events, into yq_payment_archive and yq_payment_event_archive,
-- and removes answered commands of that time. Keep at least as long as a bank may return a payment (90 days is short).
-- 把指定时间前已终结的付款及其状态流水移入归档表，并清除已答复的指令。保留期不应短于银行退票期（90 天已属短）。
--   SELECT yq_archive(now() - interval '365 days', 10000);   -- returns the payments moved; repeat until 0
CREATE OR REPLACE FUNCTION yq_archive(before timestamptz, at_most integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  moved integer;
BEGIN
  INSERT INTO yq_payment_archive (id, source_system, account_set, doc_type, doc_no, doc_line, revision, company_code, payer_account,
      payer_name, payee_account, payee_name, payee_bank_name, payee_bank_code, payee_kind, payee_province,
      payee_city, amount, currency, purpose, postscript, business_type, requested_on, urgency, batch_no,
      maker, checker, request, created_at, status, status_text, status_seq, error_code, bank_reference,
      bank_serial, settled_at, receipt_no, updated_at, taken_at, taken_by, cancel_taken_at, archived_at)
  SELECT id, source_system, account_set, doc_type, doc_no, doc_line, revision, company_code, payer_account,
      payer_name, payee_account, payee_name, payee_bank_name, payee_bank_code, payee_kind, payee_province,
      payee_city, amount, currency, purpose, postscript, business_type, requested_on, urgency, batch_no,
      maker, checker, request, created_at, status, status_text, status_seq, error_code, bank_reference,
      bank_serial, settled_at, receipt_no, updated_at, taken_at, taken_by, cancel_taken_at, now()
  FROM yq_payment
  WHERE status IN ('settled', 'failed', 'returned', 'cancelled', 'invalid') AND updated_at < before
  ORDER BY updated_at
  LIMIT at_most
  FOR UPDATE SKIP LOCKED;
  GET DIAGNOSTICS moved = ROW_COUNT;
  INSERT INTO yq_payment_event_archive (id, source_system, account_set, doc_type, doc_no, doc_line, revision, seq, status, status_text,
      cause, error_code, bank_reference, bank_serial, happened_at, created_at, archived_at)
  SELECT e.id, e.source_system, e.account_set, e.doc_type, e.doc_no, e.doc_line, e.revision, e.seq, e.status,
      e.status_text, e.cause, e.error_code, e.bank_reference, e.bank_serial, e.happened_at, e.created_at, now()
  FROM yq_payment_event AS e
  JOIN yq_payment AS p ON p.source_system = e.source_system AND p.account_set = e.account_set AND
      p.doc_type = e.doc_type AND p.doc_no = e.doc_no AND p.doc_line = e.doc_line AND
      p.revision = e.revision
  JOIN yq_payment_archive AS a ON a.id = p.id;
  DELETE FROM yq_payment_event AS e USING yq_payment_event_archive AS a WHERE a.id = e.id;
  DELETE FROM yq_payment AS p USING yq_payment_archive AS a WHERE a.id = p.id;
  DELETE FROM yq_command WHERE status <> 'new' AND answered_at < before;
  RETURN moved;
END;
$$;
REVOKE ALL ON FUNCTION yq_archive(timestamptz, integer) FROM PUBLIC;
