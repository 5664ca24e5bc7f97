-- 第 3 版：审计链、付款封签，以及只增不改的表中密文的换钥。
-- Version 3: the audit trail, the seal of a payment, and new ciphertext for old in tables that are append only.

-- 审计链：每一行都带有前一行的校验值
-- the audit trail: every entry carries the MAC of the one before it; append only
CREATE TABLE yinqi_audit (
  no BIGINT NOT NULL PRIMARY KEY, -- 1, 2, 3 … without a gap
  at BIGINT NOT NULL,
  kind TEXT NOT NULL,
  payment_id TEXT,
  subject TEXT NOT NULL, -- what it is about, e.g. the number of a history row
  content TEXT NOT NULL, -- JSON, may be encrypted
  previous TEXT NOT NULL, -- link of the entry before
  link TEXT NOT NULL -- MAC of this entry and of `previous`
);
CREATE INDEX yinqi_audit_payment ON yinqi_audit (payment_id, no) WHERE payment_id IS NOT NULL;

-- 付款的封签
-- MAC of what decides where the money goes
ALTER TABLE yinqi_payment ADD COLUMN seal TEXT NOT NULL DEFAULT '';

-- 只增不改：只有密文列可以换成新的密文（换钥）；其余更新、删除一律拒绝。
-- Append only: a column that may be encrypted takes a new ciphertext (rotation of keys); all else is refused.
DROP TRIGGER yinqi_request_append_only ON yinqi_request;
CREATE TRIGGER yinqi_request_no_update BEFORE UPDATE ON yinqi_request
  FOR EACH ROW WHEN (NOT (NEW.no IS NOT DISTINCT FROM OLD.no AND NEW.erp IS NOT DISTINCT FROM OLD.erp AND NEW.document IS NOT DISTINCT FROM OLD.document AND NEW.revision IS NOT DISTINCT FROM OLD.revision AND NEW.doc_no IS NOT DISTINCT FROM OLD.doc_no AND NEW.digest IS NOT DISTINCT FROM OLD.digest AND NEW.approval IS NOT DISTINCT FROM OLD.approval AND NEW.status IS NOT DISTINCT FROM OLD.status AND NEW.error_code IS NOT DISTINCT FROM OLD.error_code AND NEW.cause IS NOT DISTINCT FROM OLD.cause AND NEW.taken_at IS NOT DISTINCT FROM OLD.taken_at AND (NEW.evidence IS NOT DISTINCT FROM OLD.evidence OR NEW.evidence LIKE 'enc1.%') AND (NEW.content IS NOT DISTINCT FROM OLD.content OR NEW.content LIKE 'enc1.%'))) EXECUTE FUNCTION yinqi_append_only();
CREATE TRIGGER yinqi_request_no_delete BEFORE DELETE ON yinqi_request
  FOR EACH ROW EXECUTE FUNCTION yinqi_append_only();
DROP TRIGGER yinqi_payment_history_append_only ON yinqi_payment_history;
CREATE TRIGGER yinqi_payment_history_no_update BEFORE UPDATE ON yinqi_payment_history
  FOR EACH ROW WHEN (NOT (NEW.payment_id IS NOT DISTINCT FROM OLD.payment_id AND NEW.seq IS NOT DISTINCT FROM OLD.seq AND NEW.at IS NOT DISTINCT FROM OLD.at AND NEW.from_state IS NOT DISTINCT FROM OLD.from_state AND NEW.cause IS NOT DISTINCT FROM OLD.cause AND NEW.to_state IS NOT DISTINCT FROM OLD.to_state AND NEW.actor IS NOT DISTINCT FROM OLD.actor AND (NEW.evidence IS NOT DISTINCT FROM OLD.evidence OR NEW.evidence LIKE 'enc1.%'))) EXECUTE FUNCTION yinqi_append_only();
CREATE TRIGGER yinqi_payment_history_no_delete BEFORE DELETE ON yinqi_payment_history
  FOR EACH ROW EXECUTE FUNCTION yinqi_append_only();
DROP TRIGGER yinqi_confirmation_append_only ON yinqi_confirmation;
CREATE TRIGGER yinqi_confirmation_no_update BEFORE UPDATE ON yinqi_confirmation
  FOR EACH ROW WHEN (NOT (NEW.no IS NOT DISTINCT FROM OLD.no AND NEW.payment_id IS NOT DISTINCT FROM OLD.payment_id AND NEW.verdict IS NOT DISTINCT FROM OLD.verdict AND NEW.person IS NOT DISTINCT FROM OLD.person AND NEW.at IS NOT DISTINCT FROM OLD.at AND (NEW.evidence IS NOT DISTINCT FROM OLD.evidence OR NEW.evidence LIKE 'enc1.%'))) EXECUTE FUNCTION yinqi_append_only();
CREATE TRIGGER yinqi_confirmation_no_delete BEFORE DELETE ON yinqi_confirmation
  FOR EACH ROW EXECUTE FUNCTION yinqi_append_only();
DROP TRIGGER yinqi_document_append_only ON yinqi_document;
CREATE TRIGGER yinqi_document_no_update BEFORE UPDATE ON yinqi_document
  FOR EACH ROW WHEN (NOT (NEW.digest IS NOT DISTINCT FROM OLD.digest AND NEW.stored_at IS NOT DISTINCT FROM OLD.stored_at AND (NEW.content IS NOT DISTINCT FROM OLD.content OR substring(NEW.content FROM 1 FOR 7) = '\x5951454E433100'::bytea))) EXECUTE FUNCTION yinqi_append_only();
CREATE TRIGGER yinqi_document_no_delete BEFORE DELETE ON yinqi_document
  FOR EACH ROW EXECUTE FUNCTION yinqi_append_only();
CREATE TRIGGER yinqi_audit_no_update BEFORE UPDATE ON yinqi_audit
  FOR EACH ROW WHEN (NOT (NEW.no IS NOT DISTINCT FROM OLD.no AND NEW.at IS NOT DISTINCT FROM OLD.at AND NEW.kind IS NOT DISTINCT FROM OLD.kind AND NEW.payment_id IS NOT DISTINCT FROM OLD.payment_id AND NEW.subject IS NOT DISTINCT FROM OLD.subject AND NEW.previous IS NOT DISTINCT FROM OLD.previous AND NEW.link IS NOT DISTINCT FROM OLD.link AND (NEW.content IS NOT DISTINCT FROM OLD.content OR NEW.content LIKE 'enc1.%'))) EXECUTE FUNCTION yinqi_append_only();
CREATE TRIGGER yinqi_audit_no_delete BEFORE DELETE ON yinqi_audit
  FOR EACH ROW EXECUTE FUNCTION yinqi_append_only();
CREATE TRIGGER yinqi_audit_no_truncate BEFORE TRUNCATE ON yinqi_audit
  FOR EACH STATEMENT EXECUTE FUNCTION yinqi_append_only();
