-- 银企直联中间表：触发器 / Middle tables: triggers.
-- PostgreSQL 12 or later. Run as the owner of the schema: psql -v ON_ERROR_STOP=1 -f <file>. May be run again.
-- 以模式所有者身份执行，可重复执行。
-- The ERP may change a row until the connector takes it (taken_at). From then on its columns are frozen, but for
-- request pay -> cancel. The connector passes because it changes none of them; its own columns only move forward.
-- 取走前 ERP 可改；取走后除 request 由 pay 改为 cancel 外全部冻结。
-- A taken row, or an event, may be deleted only when its copy lies in the archive, which only the archiving script fills.
-- 已取走的行和状态流水，只有归档表中已有副本时才能删除。

CREATE OR REPLACE FUNCTION yq_payment_guard_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.taken_at IS NOT NULL AND (
      ROW(NEW.id, NEW.source_system, NEW.account_set, NEW.doc_type, NEW.doc_no, NEW.doc_line,
        NEW.revision, NEW.company_code, NEW.payer_account, NEW.payer_name, NEW.payee_account,
        NEW.payee_name, NEW.payee_bank_name, NEW.payee_bank_code, NEW.payee_kind, NEW.payee_province,
        NEW.payee_city, NEW.amount, NEW.currency, NEW.purpose, NEW.postscript, NEW.business_type,
        NEW.requested_on, NEW.urgency, NEW.batch_no, NEW.maker, NEW.checker, NEW.created_at)
      IS DISTINCT FROM
      ROW(OLD.id, OLD.source_system, OLD.account_set, OLD.doc_type, OLD.doc_no, OLD.doc_line,
        OLD.revision, OLD.company_code, OLD.payer_account, OLD.payer_name, OLD.payee_account,
        OLD.payee_name, OLD.payee_bank_name, OLD.payee_bank_code, OLD.payee_kind, OLD.payee_province,
        OLD.payee_city, OLD.amount, OLD.currency, OLD.purpose, OLD.postscript, OLD.business_type,
        OLD.requested_on, OLD.urgency, OLD.batch_no, OLD.maker, OLD.checker, OLD.created_at)
      OR (NEW.request <> OLD.request AND NOT (OLD.request = 'pay' AND NEW.request = 'cancel'))) THEN
    RAISE EXCEPTION '中间表：此行已被取走，不能修改；撤销请把 request 改为 cancel / this row has been taken and is frozen; to withdraw it set request to cancel' USING ERRCODE = 'P0001';
  END IF;
  IF NEW.status_seq < OLD.status_seq OR (OLD.taken_at IS NOT NULL AND NEW.taken_at IS NULL)
      OR (NEW.status <> 'new' AND NEW.taken_at IS NULL) OR (NEW.status = 'new' AND OLD.status <> 'new') THEN
    RAISE EXCEPTION '中间表：状态列由连接器写入，状态序号不能倒退 / the status is written by the connector and never goes back' USING ERRCODE = 'P0001';
  END IF;
  RETURN NEW;
END;
$$;

CREATE OR REPLACE FUNCTION yq_payment_guard_insert() RETURNS trigger LANGUAGE plpgsql
-- Runs as its owner: the ERP has no right to read the archive.
SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  IF NEW.taken_at IS NULL AND (NEW.status <> 'new' OR NEW.status_seq <> 0 OR NEW.cancel_taken_at IS NOT NULL) THEN
    RAISE EXCEPTION '中间表：新行的状态列必须留空 / the connector''s columns of a new row must be left alone' USING ERRCODE = 'P0001';
  END IF;
  IF EXISTS (SELECT 1 FROM yq_payment_archive AS a WHERE a.source_system = NEW.source_system AND a.account_set = NEW.account_set AND
      a.doc_type = NEW.doc_type AND a.doc_no = NEW.doc_no AND
      a.doc_line = NEW.doc_line AND a.revision = NEW.revision) THEN
    RAISE EXCEPTION '中间表：此单据版次已归档，不能重复申请 / this revision of the document has been archived already' USING ERRCODE = 'P0001';
  END IF;
  RETURN NEW;
END;
$$;

CREATE OR REPLACE FUNCTION yq_payment_guard_delete() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  IF OLD.taken_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM yq_payment_archive AS a WHERE a.id = OLD.id) THEN
    RAISE EXCEPTION '中间表：已取走的行不能删除，请用归档 / a taken row cannot be deleted; archive it' USING ERRCODE = 'P0001';
  END IF;
  RETURN OLD;
END;
$$;

CREATE OR REPLACE FUNCTION yq_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '中间表：状态流水只能追加 / payment events are append only' USING ERRCODE = 'P0001';
END;
$$;

CREATE OR REPLACE FUNCTION yq_payment_event_guard_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM yq_payment_event_archive AS a WHERE a.id = OLD.id) THEN
    RAISE EXCEPTION '中间表：状态流水只能追加 / payment events are append only' USING ERRCODE = 'P0001';
  END IF;
  RETURN OLD;
END;
$$;

CREATE OR REPLACE FUNCTION yq_journal_guard_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.voucher_taken_at IS NOT NULL AND NEW.voucher_no IS DISTINCT FROM OLD.voucher_no THEN
    RAISE EXCEPTION '中间表：凭证号已被收妥，不能修改 / the voucher number has been taken and is frozen' USING ERRCODE = 'P0001';
  END IF;
  RETURN NEW;
END;
$$;

CREATE OR REPLACE FUNCTION yq_collection_guard_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF ROW(
      NEW.id, NEW.collection_key, NEW.line_key, NEW.account_set, NEW.account, NEW.booked_on, NEW.booked_time,
      NEW.amount, NEW.currency, NEW.counter_account, NEW.counter_name, NEW.counter_bank, NEW.purpose,
      NEW.line_text, NEW.bank_serial, NEW.offered_at) IS DISTINCT FROM ROW(
      OLD.id, OLD.collection_key, OLD.line_key, OLD.account_set, OLD.account, OLD.booked_on, OLD.booked_time,
      OLD.amount, OLD.currency, OLD.counter_account, OLD.counter_name, OLD.counter_bank, OLD.purpose,
      OLD.line_text, OLD.bank_serial, OLD.offered_at) THEN
    RAISE EXCEPTION '中间表：到款明细由连接器写入，不能修改 / the line of a collection is written by the connector and never changes' USING ERRCODE = 'P0001';
  END IF;
  IF ROW(NEW.request, NEW.customer_code, NEW.document_no, NEW.claim_split, NEW.claimed_by, NEW.claim_no) IS DISTINCT FROM
      ROW(OLD.request, OLD.customer_code, OLD.document_no, OLD.claim_split, OLD.claimed_by, OLD.claim_no) THEN
    IF OLD.status IN ('booked', 'withdrawn') THEN
      RAISE EXCEPTION '中间表：此到款已入账或撤回，不能再认领 / this collection is booked or withdrawn and is frozen' USING ERRCODE = 'P0001';
    END IF;
    IF NEW.claim_no <= OLD.claim_no THEN
      RAISE EXCEPTION '中间表：每次认领或释放须把 claim_no 加一 / every claim or release must raise claim_no' USING ERRCODE = 'P0001';
    END IF;
  END IF;
  IF NEW.status_seq < OLD.status_seq OR NEW.answered_no < OLD.answered_no THEN
    RAISE EXCEPTION '中间表：状态列由连接器写入，状态序号不能倒退 / the status is written by the connector and never goes back' USING ERRCODE = 'P0001';
  END IF;
  RETURN NEW;
END;
$$;

DROP TRIGGER IF EXISTS yq_payment_update ON yq_payment;
CREATE TRIGGER yq_payment_update BEFORE UPDATE ON yq_payment FOR EACH ROW EXECUTE FUNCTION yq_payment_guard_update();

DROP TRIGGER IF EXISTS yq_payment_insert ON yq_payment;
CREATE TRIGGER yq_payment_insert BEFORE INSERT ON yq_payment FOR EACH ROW EXECUTE FUNCTION yq_payment_guard_insert();

DROP TRIGGER IF EXISTS yq_payment_delete ON yq_payment;
CREATE TRIGGER yq_payment_delete BEFORE DELETE ON yq_payment FOR EACH ROW EXECUTE FUNCTION yq_payment_guard_delete();

DROP TRIGGER IF EXISTS yq_payment_event_update ON yq_payment_event;
CREATE TRIGGER yq_payment_event_update BEFORE UPDATE ON yq_payment_event FOR EACH ROW EXECUTE FUNCTION yq_append_only();

DROP TRIGGER IF EXISTS yq_payment_event_delete ON yq_payment_event;
CREATE TRIGGER yq_payment_event_delete BEFORE DELETE ON yq_payment_event FOR EACH ROW EXECUTE FUNCTION yq_payment_event_guard_delete();

-- Row triggers do not see TRUNCATE. 行触发器管不到 TRUNCATE。
DROP TRIGGER IF EXISTS yq_payment_truncate ON yq_payment;
CREATE TRIGGER yq_payment_truncate BEFORE TRUNCATE ON yq_payment FOR EACH STATEMENT EXECUTE FUNCTION yq_append_only();

-- Row triggers do not see TRUNCATE. 行触发器管不到 TRUNCATE。
DROP TRIGGER IF EXISTS yq_payment_event_truncate ON yq_payment_event;
CREATE TRIGGER yq_payment_event_truncate BEFORE TRUNCATE ON yq_payment_event FOR EACH STATEMENT EXECUTE FUNCTION yq_append_only();

DROP TRIGGER IF EXISTS yq_payment_archive_change ON yq_payment_archive;
CREATE TRIGGER yq_payment_archive_change BEFORE UPDATE OR DELETE ON yq_payment_archive FOR EACH ROW EXECUTE FUNCTION yq_append_only();

DROP TRIGGER IF EXISTS yq_payment_event_archive_change ON yq_payment_event_archive;
CREATE TRIGGER yq_payment_event_archive_change BEFORE UPDATE OR DELETE ON yq_payment_event_archive FOR EACH ROW EXECUTE FUNCTION yq_append_only();

DROP TRIGGER IF EXISTS yq_journal_update ON yq_journal;
CREATE TRIGGER yq_journal_update BEFORE UPDATE ON yq_journal FOR EACH ROW EXECUTE FUNCTION yq_journal_guard_update();

DROP TRIGGER IF EXISTS yq_collection_update ON yq_collection;
CREATE TRIGGER yq_collection_update BEFORE UPDATE ON yq_collection FOR EACH ROW EXECUTE FUNCTION yq_collection_guard_update();
