-- 第 3 版：审计链、付款封签，以及只增不改的表中密文的换钥。
-- Version 3: the audit trail, the seal of a payment, and new ciphertext for old in tables that are append only.

GO
-- 审计链：每一行都带有前一行的校验值
-- the audit trail: every entry carries the MAC of the one before it; append only
CREATE TABLE yinqi_audit (
  no BIGINT NOT NULL PRIMARY KEY, -- 1, 2, 3 … without a gap
  at BIGINT NOT NULL,
  kind NVARCHAR(64) COLLATE Latin1_General_BIN2 NOT NULL,
  payment_id NVARCHAR(64) COLLATE Latin1_General_BIN2 NULL,
  subject NVARCHAR(200) COLLATE Latin1_General_BIN2 NOT NULL, -- what it is about, e.g. the number of a history row
  content NVARCHAR(MAX) NOT NULL, -- JSON, may be encrypted
  previous NVARCHAR(200) COLLATE Latin1_General_BIN2 NOT NULL, -- link of the entry before
  link NVARCHAR(200) COLLATE Latin1_General_BIN2 NOT NULL -- MAC of this entry and of `previous`
);
-- 供计数：删去的行在下次发送前即被发现 / for counting: a row that was deleted is missed before the next send
CREATE UNIQUE INDEX yinqi_audit_count ON yinqi_audit (no);
CREATE INDEX yinqi_audit_payment ON yinqi_audit (payment_id, no) WHERE payment_id IS NOT NULL;

GO
-- 付款的封签
-- MAC of what decides where the money goes
ALTER TABLE yinqi_payment ADD seal NVARCHAR(200) COLLATE Latin1_General_BIN2 NOT NULL DEFAULT N'';

GO
DROP TRIGGER yinqi_request_append_only;

GO
-- 只增不改：只有密文列可以换成新的密文（换钥）；其余更新、删除一律拒绝。
-- Append only: a column that may be encrypted takes a new ciphertext (rotation of keys); all else is refused.
CREATE TRIGGER yinqi_request_append_only ON yinqi_request AFTER UPDATE, DELETE AS
BEGIN
  SET NOCOUNT ON;
  IF EXISTS (SELECT 1 FROM deleted AS d LEFT JOIN inserted AS i ON i.no = d.no
    WHERE i.no IS NULL
    OR i.erp <> d.erp
    OR i.document <> d.document
    OR i.revision <> d.revision
    OR i.doc_no <> d.doc_no
    OR CAST(i.digest AS VARBINARY(MAX)) <> CAST(d.digest AS VARBINARY(MAX))
    OR CAST(i.approval AS VARBINARY(MAX)) <> CAST(d.approval AS VARBINARY(MAX))
    OR i.status <> d.status
    OR CAST(i.error_code AS VARBINARY(MAX)) <> CAST(d.error_code AS VARBINARY(MAX))
    OR CAST(i.cause AS VARBINARY(MAX)) <> CAST(d.cause AS VARBINARY(MAX))
    OR i.taken_at <> d.taken_at
    OR CAST(i.evidence AS VARBINARY(MAX)) <> CAST(d.evidence AS VARBINARY(MAX)) AND i.evidence NOT LIKE N'enc1.%'
    OR CAST(i.content AS VARBINARY(MAX)) <> CAST(d.content AS VARBINARY(MAX)) AND i.content NOT LIKE N'enc1.%')
    THROW 51000, 'yinqi_request is append only: rows are never changed or deleted', 1;
END;

GO
DROP TRIGGER yinqi_payment_history_append_only;

GO
-- 只增不改：只有密文列可以换成新的密文（换钥）；其余更新、删除一律拒绝。
-- Append only: a column that may be encrypted takes a new ciphertext (rotation of keys); all else is refused.
CREATE TRIGGER yinqi_payment_history_append_only ON yinqi_payment_history AFTER UPDATE, DELETE AS
BEGIN
  SET NOCOUNT ON;
  IF EXISTS (SELECT 1 FROM deleted AS d LEFT JOIN inserted AS i ON i.payment_id = d.payment_id AND i.seq = d.seq
    WHERE i.payment_id IS NULL
    OR i.at <> d.at
    OR ISNULL(i.from_state, N'') <> ISNULL(d.from_state, N'')
    OR i.cause <> d.cause
    OR i.to_state <> d.to_state
    OR CAST(i.actor AS VARBINARY(MAX)) <> CAST(d.actor AS VARBINARY(MAX))
    OR CAST(i.evidence AS VARBINARY(MAX)) <> CAST(d.evidence AS VARBINARY(MAX)) AND i.evidence NOT LIKE N'enc1.%')
    THROW 51000, 'yinqi_payment_history is append only: rows are never changed or deleted', 1;
END;

GO
DROP TRIGGER yinqi_confirmation_append_only;

GO
-- 只增不改：只有密文列可以换成新的密文（换钥）；其余更新、删除一律拒绝。
-- Append only: a column that may be encrypted takes a new ciphertext (rotation of keys); all else is refused.
CREATE TRIGGER yinqi_confirmation_append_only ON yinqi_confirmation AFTER UPDATE, DELETE AS
BEGIN
  SET NOCOUNT ON;
  IF EXISTS (SELECT 1 FROM deleted AS d LEFT JOIN inserted AS i ON i.no = d.no
    WHERE i.no IS NULL
    OR i.payment_id <> d.payment_id
    OR i.verdict <> d.verdict
    OR CAST(i.person AS VARBINARY(MAX)) <> CAST(d.person AS VARBINARY(MAX))
    OR i.at <> d.at
    OR CAST(i.evidence AS VARBINARY(MAX)) <> CAST(d.evidence AS VARBINARY(MAX)) AND i.evidence NOT LIKE N'enc1.%')
    THROW 51000, 'yinqi_confirmation is append only: rows are never changed or deleted', 1;
END;

GO
DROP TRIGGER yinqi_document_append_only;

GO
-- 只增不改：只有密文列可以换成新的密文（换钥）；其余更新、删除一律拒绝。
-- Append only: a column that may be encrypted takes a new ciphertext (rotation of keys); all else is refused.
CREATE TRIGGER yinqi_document_append_only ON yinqi_document AFTER UPDATE, DELETE AS
BEGIN
  SET NOCOUNT ON;
  IF EXISTS (SELECT 1 FROM deleted AS d LEFT JOIN inserted AS i ON i.digest = d.digest
    WHERE i.digest IS NULL
    OR i.stored_at <> d.stored_at
    OR i.content <> d.content AND SUBSTRING(i.content, 1, 7) <> 0x5951454E433100)
    THROW 51000, 'yinqi_document is append only: rows are never changed or deleted', 1;
END;

GO
-- 只增不改：只有密文列可以换成新的密文（换钥）；其余更新、删除一律拒绝。
-- Append only: a column that may be encrypted takes a new ciphertext (rotation of keys); all else is refused.
CREATE TRIGGER yinqi_audit_append_only ON yinqi_audit AFTER UPDATE, DELETE AS
BEGIN
  SET NOCOUNT ON;
  IF EXISTS (SELECT 1 FROM deleted AS d LEFT JOIN inserted AS i ON i.no = d.no
    WHERE i.no IS NULL
    OR i.at <> d.at
    OR i.kind <> d.kind
    OR ISNULL(i.payment_id, N'') <> ISNULL(d.payment_id, N'')
    OR i.subject <> d.subject
    OR i.previous <> d.previous
    OR i.link <> d.link
    OR CAST(i.content AS VARBINARY(MAX)) <> CAST(d.content AS VARBINARY(MAX)) AND i.content NOT LIKE N'enc1.%')
    THROW 51000, 'yinqi_audit is append only: rows are never changed or deleted', 1;
END;
