-- 银企直联中间表：触发器 / Middle tables: triggers.
-- SQLite 3.38 or later. Run: sqlite3 <database file> < <file>. May be run again.
-- 可重复执行。
-- The ERP may change a row until the connector takes it (taken_at). From then on its columns are frozen, but for
-- request pay -> cancel. The connector passes because it changes none of them; its own columns only move forward.
-- 取走前 ERP 可改；取走后除 request 由 pay 改为 cancel 外全部冻结。
-- A taken row, or an event, may be deleted only when its copy lies in the archive, which only the archiving script fills.
-- 已取走的行和状态流水，只有归档表中已有副本时才能删除。

DROP TRIGGER IF EXISTS yq_payment_frozen;
CREATE TRIGGER yq_payment_frozen BEFORE UPDATE ON yq_payment
WHEN OLD.taken_at IS NOT NULL AND (
      NEW.id IS NOT OLD.id OR NEW.source_system IS NOT OLD.source_system OR
      NEW.account_set IS NOT OLD.account_set OR NEW.doc_type IS NOT OLD.doc_type OR
      NEW.doc_no IS NOT OLD.doc_no OR NEW.doc_line IS NOT OLD.doc_line OR NEW.revision IS NOT OLD.revision OR
      NEW.company_code IS NOT OLD.company_code OR NEW.payer_account IS NOT OLD.payer_account OR
      NEW.payer_name IS NOT OLD.payer_name OR NEW.payee_account IS NOT OLD.payee_account OR
      NEW.payee_name IS NOT OLD.payee_name OR NEW.payee_bank_name IS NOT OLD.payee_bank_name OR
      NEW.payee_bank_code IS NOT OLD.payee_bank_code OR NEW.payee_kind IS NOT OLD.payee_kind OR
      NEW.payee_province IS NOT OLD.payee_province OR NEW.payee_city IS NOT OLD.payee_city OR
      NEW.amount IS NOT OLD.amount OR NEW.currency IS NOT OLD.currency OR NEW.purpose IS NOT OLD.purpose OR
      NEW.postscript IS NOT OLD.postscript OR NEW.business_type IS NOT OLD.business_type OR
      NEW.requested_on IS NOT OLD.requested_on OR NEW.urgency IS NOT OLD.urgency OR
      NEW.batch_no IS NOT OLD.batch_no OR NEW.maker IS NOT OLD.maker OR NEW.checker IS NOT OLD.checker OR
      NEW.created_at IS NOT OLD.created_at
      OR (NEW.request IS NOT OLD.request AND NOT (OLD.request = 'pay' AND NEW.request = 'cancel')))
BEGIN
  SELECT RAISE(ABORT, '中间表：此行已被取走，不能修改；撤销请把 request 改为 cancel / this row has been taken and is frozen; to withdraw it set request to cancel');
END;

DROP TRIGGER IF EXISTS yq_payment_forward;
CREATE TRIGGER yq_payment_forward BEFORE UPDATE ON yq_payment
WHEN NEW.status_seq < OLD.status_seq OR (OLD.taken_at IS NOT NULL AND NEW.taken_at IS NULL)
  OR (NEW.status <> 'new' AND NEW.taken_at IS NULL) OR (NEW.status = 'new' AND OLD.status <> 'new')
BEGIN
  SELECT RAISE(ABORT, '中间表：状态列由连接器写入，状态序号不能倒退 / the status is written by the connector and never goes back');
END;

DROP TRIGGER IF EXISTS yq_payment_new;
CREATE TRIGGER yq_payment_new BEFORE INSERT ON yq_payment
WHEN NEW.taken_at IS NULL AND (NEW.status <> 'new' OR NEW.status_seq <> 0 OR NEW.cancel_taken_at IS NOT NULL)
BEGIN
  SELECT RAISE(ABORT, '中间表：新行的状态列必须留空 / the connector''s columns of a new row must be left alone');
END;

DROP TRIGGER IF EXISTS yq_payment_archived;
CREATE TRIGGER yq_payment_archived BEFORE INSERT ON yq_payment
WHEN EXISTS (SELECT 1 FROM yq_payment_archive AS a WHERE a.source_system = NEW.source_system AND a.account_set = NEW.account_set AND
    a.doc_type = NEW.doc_type AND a.doc_no = NEW.doc_no AND a.doc_line = NEW.doc_line AND
    a.revision = NEW.revision)
BEGIN
  SELECT RAISE(ABORT, '中间表：此单据版次已归档，不能重复申请 / this revision of the document has been archived already');
END;

DROP TRIGGER IF EXISTS yq_payment_kept;
CREATE TRIGGER yq_payment_kept BEFORE DELETE ON yq_payment
WHEN OLD.taken_at IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM yq_payment_archive AS a WHERE a.id = OLD.id)
BEGIN
  SELECT RAISE(ABORT, '中间表：已取走的行不能删除，请用归档 / a taken row cannot be deleted; archive it');
END;

-- Amounts are kept as text, whatever the shell was given. 金额一律存为文本。
DROP TRIGGER IF EXISTS yq_payment_amount_insert;
CREATE TRIGGER yq_payment_amount_insert AFTER INSERT ON yq_payment WHEN typeof(NEW.amount) <> 'text' AND NEW.taken_at IS NULL
BEGIN
  UPDATE yq_payment SET amount = CAST(NEW.amount AS TEXT) WHERE id = NEW.id;
END;

DROP TRIGGER IF EXISTS yq_payment_amount_update;
CREATE TRIGGER yq_payment_amount_update AFTER UPDATE OF amount ON yq_payment WHEN typeof(NEW.amount) <> 'text'
BEGIN
  UPDATE yq_payment SET amount = CAST(NEW.amount AS TEXT) WHERE id = NEW.id;
END;

DROP TRIGGER IF EXISTS yq_payment_event_update;
CREATE TRIGGER yq_payment_event_update BEFORE UPDATE ON yq_payment_event
WHEN 1
BEGIN
  SELECT RAISE(ABORT, '中间表：状态流水只能追加 / payment events are append only');
END;

DROP TRIGGER IF EXISTS yq_payment_event_delete;
CREATE TRIGGER yq_payment_event_delete BEFORE DELETE ON yq_payment_event
WHEN NOT EXISTS (SELECT 1 FROM yq_payment_event_archive AS a WHERE a.id = OLD.id)
BEGIN
  SELECT RAISE(ABORT, '中间表：状态流水只能追加 / payment events are append only');
END;

DROP TRIGGER IF EXISTS yq_payment_archive_update;
CREATE TRIGGER yq_payment_archive_update BEFORE UPDATE ON yq_payment_archive
WHEN 1
BEGIN
  SELECT RAISE(ABORT, '中间表：状态流水只能追加 / payment events are append only');
END;

DROP TRIGGER IF EXISTS yq_payment_archive_delete;
CREATE TRIGGER yq_payment_archive_delete BEFORE DELETE ON yq_payment_archive
WHEN 1
BEGIN
  SELECT RAISE(ABORT, '中间表：状态流水只能追加 / payment events are append only');
END;

DROP TRIGGER IF EXISTS yq_payment_event_archive_update;
CREATE TRIGGER yq_payment_event_archive_update BEFORE UPDATE ON yq_payment_event_archive
WHEN 1
BEGIN
  SELECT RAISE(ABORT, '中间表：状态流水只能追加 / payment events are append only');
END;

DROP TRIGGER IF EXISTS yq_payment_event_archive_delete;
CREATE TRIGGER yq_payment_event_archive_delete BEFORE DELETE ON yq_payment_event_archive
WHEN 1
BEGIN
  SELECT RAISE(ABORT, '中间表：状态流水只能追加 / payment events are append only');
END;

DROP TRIGGER IF EXISTS yq_journal_voucher;
CREATE TRIGGER yq_journal_voucher BEFORE UPDATE ON yq_journal
WHEN OLD.voucher_taken_at IS NOT NULL AND NEW.voucher_no IS NOT OLD.voucher_no
BEGIN
  SELECT RAISE(ABORT, '中间表：凭证号已被收妥，不能修改 / the voucher number has been taken and is frozen');
END;

DROP TRIGGER IF EXISTS yq_collection_line;
CREATE TRIGGER yq_collection_line BEFORE UPDATE ON yq_collection
WHEN
      NEW.id IS NOT OLD.id OR NEW.collection_key IS NOT OLD.collection_key OR
      NEW.line_key IS NOT OLD.line_key OR NEW.account_set IS NOT OLD.account_set OR
      NEW.account IS NOT OLD.account OR NEW.booked_on IS NOT OLD.booked_on OR
      NEW.booked_time IS NOT OLD.booked_time OR NEW.amount IS NOT OLD.amount OR
      NEW.currency IS NOT OLD.currency OR NEW.counter_account IS NOT OLD.counter_account OR
      NEW.counter_name IS NOT OLD.counter_name OR NEW.counter_bank IS NOT OLD.counter_bank OR
      NEW.purpose IS NOT OLD.purpose OR NEW.line_text IS NOT OLD.line_text OR
      NEW.bank_serial IS NOT OLD.bank_serial OR NEW.offered_at IS NOT OLD.offered_at
BEGIN
  SELECT RAISE(ABORT, '中间表：到款明细由连接器写入，不能修改 / the line of a collection is written by the connector and never changes');
END;

DROP TRIGGER IF EXISTS yq_collection_frozen;
CREATE TRIGGER yq_collection_frozen BEFORE UPDATE ON yq_collection
WHEN OLD.status IN ('booked', 'withdrawn') AND (
      NEW.request IS NOT OLD.request OR NEW.customer_code IS NOT OLD.customer_code OR
      NEW.document_no IS NOT OLD.document_no OR NEW.claim_split IS NOT OLD.claim_split OR
      NEW.claimed_by IS NOT OLD.claimed_by OR NEW.claim_no IS NOT OLD.claim_no)
BEGIN
  SELECT RAISE(ABORT, '中间表：此到款已入账或撤回，不能再认领 / this collection is booked or withdrawn and is frozen');
END;

DROP TRIGGER IF EXISTS yq_collection_claim;
CREATE TRIGGER yq_collection_claim BEFORE UPDATE ON yq_collection
WHEN OLD.status NOT IN ('booked', 'withdrawn') AND NEW.claim_no <= OLD.claim_no AND (
      NEW.request IS NOT OLD.request OR NEW.customer_code IS NOT OLD.customer_code OR
      NEW.document_no IS NOT OLD.document_no OR NEW.claim_split IS NOT OLD.claim_split OR
      NEW.claimed_by IS NOT OLD.claimed_by OR NEW.claim_no IS NOT OLD.claim_no)
BEGIN
  SELECT RAISE(ABORT, '中间表：每次认领或释放须把 claim_no 加一 / every claim or release must raise claim_no');
END;

DROP TRIGGER IF EXISTS yq_collection_forward;
CREATE TRIGGER yq_collection_forward BEFORE UPDATE ON yq_collection
WHEN NEW.status_seq < OLD.status_seq OR NEW.answered_no < OLD.answered_no
BEGIN
  SELECT RAISE(ABORT, '中间表：状态列由连接器写入，状态序号不能倒退 / the status is written by the connector and never goes back');
END;
