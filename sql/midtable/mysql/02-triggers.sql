-- 银企直联中间表：触发器 / Middle tables: triggers.
-- MySQL 8.0.16 or MariaDB 10.6 or later. Run in the database of the middle tables: mysql <database> < <file>. May be run again.
-- 在中间表所在数据库执行，可重复执行。
-- The ERP may change a row until the connector takes it (taken_at). From then on its columns are frozen, but for
-- request pay -> cancel. The connector passes because it changes none of them; its own columns only move forward.
-- 取走前 ERP 可改；取走后除 request 由 pay 改为 cancel 外全部冻结。
-- A taken row, or an event, may be deleted only when its copy lies in the archive, which only the archiving script fills.
-- 已取走的行和状态流水，只有归档表中已有副本时才能删除。

DROP TRIGGER IF EXISTS yq_payment_update;
DELIMITER $$
CREATE TRIGGER yq_payment_update BEFORE UPDATE ON yq_payment FOR EACH ROW
BEGIN
  IF OLD.taken_at IS NOT NULL AND (NOT (
      NEW.id <=> OLD.id AND NEW.source_system <=> OLD.source_system AND NEW.account_set <=> OLD.account_set AND
      NEW.doc_type <=> OLD.doc_type AND NEW.doc_no <=> OLD.doc_no AND NEW.doc_line <=> OLD.doc_line AND
      NEW.revision <=> OLD.revision AND NEW.company_code <=> OLD.company_code AND
      NEW.payer_account <=> OLD.payer_account AND NEW.payer_name <=> OLD.payer_name AND
      NEW.payee_account <=> OLD.payee_account AND NEW.payee_name <=> OLD.payee_name AND
      NEW.payee_bank_name <=> OLD.payee_bank_name AND NEW.payee_bank_code <=> OLD.payee_bank_code AND
      NEW.payee_kind <=> OLD.payee_kind AND NEW.payee_province <=> OLD.payee_province AND
      NEW.payee_city <=> OLD.payee_city AND NEW.amount <=> OLD.amount AND NEW.currency <=> OLD.currency AND
      NEW.purpose <=> OLD.purpose AND NEW.postscript <=> OLD.postscript AND
      NEW.business_type <=> OLD.business_type AND NEW.requested_on <=> OLD.requested_on AND
      NEW.urgency <=> OLD.urgency AND NEW.batch_no <=> OLD.batch_no AND NEW.maker <=> OLD.maker AND
      NEW.checker <=> OLD.checker AND NEW.created_at <=> OLD.created_at)
      OR (NEW.request <> OLD.request AND NOT (OLD.request = 'pay' AND NEW.request = 'cancel'))) THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '中间表：此行已被取走，不能修改；撤销请把 request 改为 cancel / taken and frozen; to withdraw it set request to cancel';
  END IF;
  IF NEW.status_seq < OLD.status_seq OR (OLD.taken_at IS NOT NULL AND NEW.taken_at IS NULL)
      OR (NEW.status <> 'new' AND NEW.taken_at IS NULL) OR (NEW.status = 'new' AND OLD.status <> 'new') THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '中间表：状态列由连接器写入，状态序号不能倒退 / the status is written by the connector and never goes back';
  END IF;
END$$
DELIMITER ;

DROP TRIGGER IF EXISTS yq_payment_insert;
DELIMITER $$
CREATE TRIGGER yq_payment_insert BEFORE INSERT ON yq_payment FOR EACH ROW
BEGIN
  IF NEW.taken_at IS NULL AND (NEW.status <> 'new' OR NEW.status_seq <> 0 OR NEW.cancel_taken_at IS NOT NULL) THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '中间表：新行的状态列必须留空 / the connector''s columns of a new row must be left alone';
  END IF;
  IF EXISTS (SELECT 1 FROM yq_payment_archive AS a WHERE a.source_system = NEW.source_system AND a.account_set = NEW.account_set AND
      a.doc_type = NEW.doc_type AND a.doc_no = NEW.doc_no AND
      a.doc_line = NEW.doc_line AND a.revision = NEW.revision) THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '中间表：此单据版次已归档，不能重复申请 / this revision of the document has been archived already';
  END IF;
END$$
DELIMITER ;

DROP TRIGGER IF EXISTS yq_payment_delete;
DELIMITER $$
CREATE TRIGGER yq_payment_delete BEFORE DELETE ON yq_payment FOR EACH ROW
BEGIN
  IF OLD.taken_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM yq_payment_archive AS a WHERE a.id = OLD.id) THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '中间表：已取走的行不能删除，请用归档 / a taken row cannot be deleted; archive it';
  END IF;
END$$
DELIMITER ;

DROP TRIGGER IF EXISTS yq_payment_event_update;
DELIMITER $$
CREATE TRIGGER yq_payment_event_update BEFORE UPDATE ON yq_payment_event FOR EACH ROW
BEGIN
  IF TRUE THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '中间表：状态流水只能追加 / payment events are append only';
  END IF;
END$$
DELIMITER ;

DROP TRIGGER IF EXISTS yq_payment_event_delete;
DELIMITER $$
CREATE TRIGGER yq_payment_event_delete BEFORE DELETE ON yq_payment_event FOR EACH ROW
BEGIN
  IF NOT EXISTS (SELECT 1 FROM yq_payment_event_archive AS a WHERE a.id = OLD.id) THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '中间表：状态流水只能追加 / payment events are append only';
  END IF;
END$$
DELIMITER ;

DROP TRIGGER IF EXISTS yq_payment_archive_update;
DELIMITER $$
CREATE TRIGGER yq_payment_archive_update BEFORE UPDATE ON yq_payment_archive FOR EACH ROW
BEGIN
  IF TRUE THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '中间表：状态流水只能追加 / payment events are append only';
  END IF;
END$$
DELIMITER ;

DROP TRIGGER IF EXISTS yq_payment_archive_delete;
DELIMITER $$
CREATE TRIGGER yq_payment_archive_delete BEFORE DELETE ON yq_payment_archive FOR EACH ROW
BEGIN
  IF TRUE THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '中间表：状态流水只能追加 / payment events are append only';
  END IF;
END$$
DELIMITER ;

DROP TRIGGER IF EXISTS yq_payment_event_archive_update;
DELIMITER $$
CREATE TRIGGER yq_payment_event_archive_update BEFORE UPDATE ON yq_payment_event_archive FOR EACH ROW
BEGIN
  IF TRUE THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '中间表：状态流水只能追加 / payment events are append only';
  END IF;
END$$
DELIMITER ;

DROP TRIGGER IF EXISTS yq_payment_event_archive_delete;
DELIMITER $$
CREATE TRIGGER yq_payment_event_archive_delete BEFORE DELETE ON yq_payment_event_archive FOR EACH ROW
BEGIN
  IF TRUE THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '中间表：状态流水只能追加 / payment events are append only';
  END IF;
END$$
DELIMITER ;

DROP TRIGGER IF EXISTS yq_journal_update;
DELIMITER $$
CREATE TRIGGER yq_journal_update BEFORE UPDATE ON yq_journal FOR EACH ROW
BEGIN
  IF OLD.voucher_taken_at IS NOT NULL AND NOT (NEW.voucher_no <=> OLD.voucher_no) THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '中间表：凭证号已被收妥，不能修改 / the voucher number has been taken and is frozen';
  END IF;
END$$
DELIMITER ;

DROP TRIGGER IF EXISTS yq_collection_update;
DELIMITER $$
CREATE TRIGGER yq_collection_update BEFORE UPDATE ON yq_collection FOR EACH ROW
BEGIN
  IF NOT (
      NEW.id <=> OLD.id AND NEW.collection_key <=> OLD.collection_key AND NEW.line_key <=> OLD.line_key AND
      NEW.account_set <=> OLD.account_set AND NEW.account <=> OLD.account AND
      NEW.booked_on <=> OLD.booked_on AND NEW.booked_time <=> OLD.booked_time AND NEW.amount <=> OLD.amount AND
      NEW.currency <=> OLD.currency AND NEW.counter_account <=> OLD.counter_account AND
      NEW.counter_name <=> OLD.counter_name AND NEW.counter_bank <=> OLD.counter_bank AND
      NEW.purpose <=> OLD.purpose AND NEW.line_text <=> OLD.line_text AND
      NEW.bank_serial <=> OLD.bank_serial AND NEW.offered_at <=> OLD.offered_at) THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '中间表：到款明细由连接器写入，不能修改 / the line of a collection is written by the connector and never changes';
  END IF;
  IF NOT (
      NEW.request <=> OLD.request AND NEW.customer_code <=> OLD.customer_code AND
      NEW.document_no <=> OLD.document_no AND NEW.claim_split <=> OLD.claim_split AND
      NEW.claimed_by <=> OLD.claimed_by AND NEW.claim_no <=> OLD.claim_no) THEN
    IF OLD.status IN ('booked', 'withdrawn') THEN
      SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '中间表：此到款已入账或撤回，不能再认领 / this collection is booked or withdrawn and is frozen';
    END IF;
    IF NEW.claim_no <= OLD.claim_no THEN
      SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '中间表：每次认领或释放须把 claim_no 加一 / every claim or release must raise claim_no';
    END IF;
  END IF;
  IF NEW.status_seq < OLD.status_seq OR NEW.answered_no < OLD.answered_no THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '中间表：状态列由连接器写入，状态序号不能倒退 / the status is written by the connector and never goes back';
  END IF;
END$$
DELIMITER ;
