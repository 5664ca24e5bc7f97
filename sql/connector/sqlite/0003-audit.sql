-- 第 3 版：审计链、付款封签，以及只增不改的表中密文的换钥。
-- Version 3: the audit trail, the seal of a payment, and new ciphertext for old in tables that are append only.

-- 审计链：每一行都带有前一行的校验值
-- the audit trail: every entry carries the MAC of the one before it; append only
CREATE TABLE yinqi_audit (
  no INTEGER PRIMARY KEY, -- 1, 2, 3 … without a gap
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  payment_id TEXT,
  subject TEXT NOT NULL, -- what it is about, e.g. the number of a history row
  content TEXT NOT NULL, -- JSON, may be encrypted
  previous TEXT NOT NULL, -- link of the entry before
  link TEXT NOT NULL -- MAC of this entry and of `previous`
) STRICT;
-- 供计数：删去的行在下次发送前即被发现 / for counting: a row that was deleted is missed before the next send
CREATE UNIQUE INDEX yinqi_audit_count ON yinqi_audit (no);
CREATE INDEX yinqi_audit_payment ON yinqi_audit (payment_id, no) WHERE payment_id IS NOT NULL;

-- 付款的封签
-- MAC of what decides where the money goes
ALTER TABLE yinqi_payment ADD COLUMN seal TEXT NOT NULL DEFAULT '';

-- 只增不改：只有密文列可以换成新的密文（换钥）；其余更新、删除一律拒绝。
-- Append only: a column that may be encrypted takes a new ciphertext (rotation of keys); all else is refused.
DROP TRIGGER yinqi_request_no_update;
CREATE TRIGGER yinqi_request_no_update BEFORE UPDATE ON yinqi_request
  WHEN NOT (NEW.no IS OLD.no AND NEW.erp IS OLD.erp AND NEW.document IS OLD.document AND NEW.revision IS OLD.revision AND NEW.doc_no IS OLD.doc_no AND NEW.digest IS OLD.digest AND NEW.approval IS OLD.approval AND NEW.status IS OLD.status AND NEW.error_code IS OLD.error_code AND NEW.cause IS OLD.cause AND NEW.taken_at IS OLD.taken_at AND (NEW.evidence IS OLD.evidence OR NEW.evidence LIKE 'enc1.%') AND (NEW.content IS OLD.content OR NEW.content LIKE 'enc1.%'))
BEGIN
  SELECT RAISE(ABORT, 'yinqi_request is append only: rows are never changed or deleted');
END;
DROP TRIGGER yinqi_payment_history_no_update;
CREATE TRIGGER yinqi_payment_history_no_update BEFORE UPDATE ON yinqi_payment_history
  WHEN NOT (NEW.payment_id IS OLD.payment_id AND NEW.seq IS OLD.seq AND NEW.at IS OLD.at AND NEW.from_state IS OLD.from_state AND NEW.cause IS OLD.cause AND NEW.to_state IS OLD.to_state AND NEW.actor IS OLD.actor AND (NEW.evidence IS OLD.evidence OR NEW.evidence LIKE 'enc1.%'))
BEGIN
  SELECT RAISE(ABORT, 'yinqi_payment_history is append only: rows are never changed or deleted');
END;
DROP TRIGGER yinqi_confirmation_no_update;
CREATE TRIGGER yinqi_confirmation_no_update BEFORE UPDATE ON yinqi_confirmation
  WHEN NOT (NEW.no IS OLD.no AND NEW.payment_id IS OLD.payment_id AND NEW.verdict IS OLD.verdict AND NEW.person IS OLD.person AND NEW.at IS OLD.at AND (NEW.evidence IS OLD.evidence OR NEW.evidence LIKE 'enc1.%'))
BEGIN
  SELECT RAISE(ABORT, 'yinqi_confirmation is append only: rows are never changed or deleted');
END;
DROP TRIGGER yinqi_document_no_update;
CREATE TRIGGER yinqi_document_no_update BEFORE UPDATE ON yinqi_document
  WHEN NOT (NEW.digest IS OLD.digest AND NEW.stored_at IS OLD.stored_at AND (NEW.content IS OLD.content OR substr(NEW.content, 1, 7) = X'5951454E433100'))
BEGIN
  SELECT RAISE(ABORT, 'yinqi_document is append only: rows are never changed or deleted');
END;
CREATE TRIGGER yinqi_audit_no_update BEFORE UPDATE ON yinqi_audit
  WHEN NOT (NEW.no IS OLD.no AND NEW.at IS OLD.at AND NEW.kind IS OLD.kind AND NEW.payment_id IS OLD.payment_id AND NEW.subject IS OLD.subject AND NEW.previous IS OLD.previous AND NEW.link IS OLD.link AND (NEW.content IS OLD.content OR NEW.content LIKE 'enc1.%'))
BEGIN
  SELECT RAISE(ABORT, 'yinqi_audit is append only: rows are never changed or deleted');
END;
CREATE TRIGGER yinqi_audit_no_delete BEFORE DELETE ON yinqi_audit BEGIN
  SELECT RAISE(ABORT, 'yinqi_audit is append only: rows are never changed or deleted');
END;
