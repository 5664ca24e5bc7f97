-- yinqi 自身的数据库，第 1 版。金额为最小货币单位的精确文本；时刻为 Unix 毫秒。
-- yinqi's own store, version 1. Amounts are exact text of minor units; instants are epoch milliseconds.
-- NVARCHAR 一律用二进制排序规则：键须逐字相符。Keys compare exactly: binary collation whatever the server's is.

GO
-- ERP 的每一次请求：同一单据的同一版次只有一行
-- every asking of the ERP; a (document, revision) exists once
CREATE TABLE yinqi_request (
  no BIGINT IDENTITY(1,1) NOT NULL PRIMARY KEY,
  erp NVARCHAR(64) COLLATE Latin1_General_BIN2 NOT NULL,
  document NVARCHAR(64) COLLATE Latin1_General_BIN2 NOT NULL, -- SHA-256 of the ERP key without its revision
  revision INT NOT NULL,
  doc_no NVARCHAR(200) COLLATE Latin1_General_BIN2 NOT NULL, -- first 200 characters, for searching
  digest NVARCHAR(MAX) NOT NULL,
  approval NVARCHAR(MAX) NOT NULL,
  status NVARCHAR(16) COLLATE Latin1_General_BIN2 NOT NULL,
  error_code NVARCHAR(MAX) NOT NULL,
  cause NVARCHAR(MAX) NOT NULL,
  evidence NVARCHAR(MAX) NOT NULL,
  content NVARCHAR(MAX) NOT NULL, -- the request, JSON
  taken_at BIGINT NOT NULL,
  UNIQUE (document, revision)
);
CREATE INDEX yinqi_request_doc_no ON yinqi_request (doc_no);

GO
-- 付款：一次请求最多一笔付款
-- a request leads to at most one payment (I1); a reference is used once at a bank (I2)
CREATE TABLE yinqi_payment (
  no BIGINT IDENTITY(1,1) NOT NULL PRIMARY KEY,
  id NVARCHAR(64) COLLATE Latin1_General_BIN2 NOT NULL,
  request_no BIGINT NOT NULL,
  erp NVARCHAR(64) COLLATE Latin1_General_BIN2 NOT NULL,
  bank NVARCHAR(64) COLLATE Latin1_General_BIN2 NOT NULL,
  reference NVARCHAR(64) COLLATE Latin1_General_BIN2 NOT NULL,
  batch_reference NVARCHAR(64) COLLATE Latin1_General_BIN2 NOT NULL,
  batch_line INT NOT NULL,
  currency NVARCHAR(16) COLLATE Latin1_General_BIN2 NOT NULL,
  amount_minor NVARCHAR(64) COLLATE Latin1_General_BIN2 NOT NULL, -- exact minor units as text
  instruction NVARCHAR(MAX) NOT NULL, -- JSON
  state NVARCHAR(16) COLLATE Latin1_General_BIN2 NOT NULL,
  seq INT NOT NULL,
  attempts INT NOT NULL,
  due_at BIGINT NOT NULL,
  lease_until BIGINT NULL,
  sent_at BIGINT NULL,
  state_since BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  error_code NVARCHAR(MAX) NOT NULL,
  status_text NVARCHAR(MAX) NOT NULL,
  bank_serial NVARCHAR(MAX) NOT NULL,
  settled_at BIGINT NULL,
  receipt_no NVARCHAR(MAX) NOT NULL,
  UNIQUE (id),
  UNIQUE (bank, reference),
  UNIQUE (request_no),
  FOREIGN KEY (request_no) REFERENCES yinqi_request (no)
);
CREATE INDEX yinqi_payment_batch ON yinqi_payment (bank, batch_reference);
CREATE INDEX yinqi_payment_state ON yinqi_payment (state, no);
CREATE INDEX yinqi_payment_due ON yinqi_payment (bank, state, due_at, no) WHERE state IN (N'held', N'ready', N'sending', N'unknown', N'accepted');
CREATE INDEX yinqi_payment_lease ON yinqi_payment (lease_until) WHERE lease_until IS NOT NULL;

GO
-- 付款历史：只增不改
-- how a payment moved; append only (I5)
CREATE TABLE yinqi_payment_history (
  payment_id NVARCHAR(64) COLLATE Latin1_General_BIN2 NOT NULL,
  seq INT NOT NULL,
  at BIGINT NOT NULL,
  from_state NVARCHAR(16) COLLATE Latin1_General_BIN2 NULL,
  cause NVARCHAR(64) COLLATE Latin1_General_BIN2 NOT NULL,
  to_state NVARCHAR(16) COLLATE Latin1_General_BIN2 NOT NULL,
  actor NVARCHAR(MAX) NOT NULL,
  evidence NVARCHAR(MAX) NOT NULL,
  PRIMARY KEY (payment_id, seq),
  FOREIGN KEY (payment_id) REFERENCES yinqi_payment (id)
);

GO
-- 冻结：付款须先通过的审批或风险规则
-- what a payment must pass before it may be sent
CREATE TABLE yinqi_hold (
  no BIGINT IDENTITY(1,1) NOT NULL PRIMARY KEY,
  payment_id NVARCHAR(64) COLLATE Latin1_General_BIN2 NOT NULL,
  kind NVARCHAR(64) COLLATE Latin1_General_BIN2 NOT NULL,
  reason NVARCHAR(MAX) NOT NULL,
  approvals_needed INT NOT NULL,
  cleared_at BIGINT NULL,
  FOREIGN KEY (payment_id) REFERENCES yinqi_payment (id)
);
CREATE INDEX yinqi_hold_payment ON yinqi_hold (payment_id, no);

GO
-- 解除冻结的人与理由：同一人只计一次
-- who cleared a hold; a person counts once; append only
CREATE TABLE yinqi_hold_clearance (
  hold_no BIGINT NOT NULL,
  person NVARCHAR(200) COLLATE Latin1_General_BIN2 NOT NULL,
  reason NVARCHAR(MAX) NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (hold_no, person),
  FOREIGN KEY (hold_no) REFERENCES yinqi_hold (no)
);

GO
-- 矛盾：生命周期不允许的证据，由人处理
-- evidence that the lifecycle forbids; a person looks at it
CREATE TABLE yinqi_contradiction (
  no BIGINT IDENTITY(1,1) NOT NULL PRIMARY KEY,
  identity_digest NVARCHAR(64) COLLATE Latin1_General_BIN2 NOT NULL, -- of payment, code, cause and evidence
  at BIGINT NOT NULL,
  payment_id NVARCHAR(64) COLLATE Latin1_General_BIN2 NULL,
  code NVARCHAR(MAX) NOT NULL,
  cause NVARCHAR(MAX) NOT NULL,
  evidence NVARCHAR(MAX) NOT NULL,
  resolved_at BIGINT NULL,
  resolved_by NVARCHAR(MAX) NOT NULL,
  resolution NVARCHAR(MAX) NOT NULL,
  UNIQUE (identity_digest)
);
CREATE INDEX yinqi_contradiction_open ON yinqi_contradiction (no) WHERE resolved_at IS NULL;

GO
-- 待通知 ERP 的记录：每个键一次
-- what the ERP must be told; once per (erp, key) (I6)
CREATE TABLE yinqi_outbox (
  no BIGINT IDENTITY(1,1) NOT NULL PRIMARY KEY,
  erp NVARCHAR(64) COLLATE Latin1_General_BIN2 NOT NULL,
  key_digest NVARCHAR(64) COLLATE Latin1_General_BIN2 NOT NULL, -- SHA-256 of (erp, record key)
  record_key NVARCHAR(MAX) NOT NULL,
  kind NVARCHAR(64) COLLATE Latin1_General_BIN2 NOT NULL,
  content NVARCHAR(MAX) NOT NULL, -- JSON
  attempts INT NOT NULL,
  created_at BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  lease_until BIGINT NULL,
  delivered_at BIGINT NULL,
  erp_number NVARCHAR(MAX) NOT NULL,
  refusal_code NVARCHAR(MAX) NULL,
  refusal_text NVARCHAR(MAX) NOT NULL,
  UNIQUE (key_digest)
);
CREATE INDEX yinqi_outbox_waiting ON yinqi_outbox (erp, no) WHERE delivered_at IS NULL;
CREATE INDEX yinqi_outbox_refused ON yinqi_outbox (no) WHERE delivered_at IS NULL AND refusal_code IS NOT NULL;

GO
-- 银行流水：每行只导入一次
-- bank lines; each imported once (I9)
CREATE TABLE yinqi_statement_line (
  no BIGINT IDENTITY(1,1) NOT NULL PRIMARY KEY,
  key_digest NVARCHAR(64) COLLATE Latin1_General_BIN2 NOT NULL, -- SHA-256 of (account, line key)
  bank NVARCHAR(64) COLLATE Latin1_General_BIN2 NOT NULL,
  account NVARCHAR(64) COLLATE Latin1_General_BIN2 NOT NULL,
  line_key NVARCHAR(MAX) NOT NULL,
  booked_on NVARCHAR(16) COLLATE Latin1_General_BIN2 NOT NULL,
  currency NVARCHAR(16) COLLATE Latin1_General_BIN2 NOT NULL,
  amount_minor NVARCHAR(64) COLLATE Latin1_General_BIN2 NOT NULL, -- exact minor units as text; money out is negative
  reference NVARCHAR(200) COLLATE Latin1_General_BIN2 NOT NULL,
  content NVARCHAR(MAX) NOT NULL, -- JSON
  payment_id NVARCHAR(64) COLLATE Latin1_General_BIN2 NULL,
  journal NVARCHAR(16) COLLATE Latin1_General_BIN2 NOT NULL,
  receipt NVARCHAR(16) COLLATE Latin1_General_BIN2 NOT NULL,
  receipt_due_at BIGINT NOT NULL,
  imported_at BIGINT NOT NULL,
  looked_at BIGINT,
  UNIQUE (key_digest),
  FOREIGN KEY (payment_id) REFERENCES yinqi_payment (id)
);
CREATE INDEX yinqi_statement_line_account ON yinqi_statement_line (account, booked_on, no);
CREATE INDEX yinqi_statement_line_payment ON yinqi_statement_line (payment_id) WHERE payment_id IS NOT NULL;
CREATE INDEX yinqi_statement_line_unlinked ON yinqi_statement_line (no) WHERE looked_at IS NULL AND reference <> N'';
CREATE INDEX yinqi_statement_line_unbooked ON yinqi_statement_line (no) WHERE journal = N'open';
CREATE INDEX yinqi_statement_line_receipt ON yinqi_statement_line (bank, receipt_due_at, no) WHERE receipt IN (N'wanted', N'missing');

GO
-- 银行余额
-- balances as the bank gave them
CREATE TABLE yinqi_balance (
  no BIGINT IDENTITY(1,1) NOT NULL PRIMARY KEY,
  account NVARCHAR(64) COLLATE Latin1_General_BIN2 NOT NULL,
  as_of NVARCHAR(64) COLLATE Latin1_General_BIN2 NOT NULL,
  content NVARCHAR(MAX) NOT NULL, -- JSON
  at BIGINT NOT NULL
);
CREATE INDEX yinqi_balance_account ON yinqi_balance (account, no);

GO
-- 回单等文件：按摘要保存一次，逐字节不变
-- documents by digest, byte for byte; append only
CREATE TABLE yinqi_document (
  digest NVARCHAR(64) COLLATE Latin1_General_BIN2 NOT NULL,
  content VARBINARY(MAX) NOT NULL,
  stored_at BIGINT NOT NULL,
  PRIMARY KEY (digest)
);

GO
-- 电子回单
-- the receipt of a statement line
CREATE TABLE yinqi_receipt (
  line_no BIGINT NOT NULL,
  account NVARCHAR(64) COLLATE Latin1_General_BIN2 NOT NULL,
  receipt_no NVARCHAR(MAX) NOT NULL,
  media_type NVARCHAR(64) COLLATE Latin1_General_BIN2 NOT NULL,
  digest NVARCHAR(64) COLLATE Latin1_General_BIN2 NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (line_no),
  FOREIGN KEY (line_no) REFERENCES yinqi_statement_line (no),
  FOREIGN KEY (digest) REFERENCES yinqi_document (digest)
);
CREATE INDEX yinqi_receipt_digest ON yinqi_receipt (digest);

GO
-- 日记账凭证：每键一次，每条流水一次
-- journal entries; once per key and once per bank line (I7)
CREATE TABLE yinqi_journal_entry (
  no BIGINT IDENTITY(1,1) NOT NULL PRIMARY KEY,
  entry_key NVARCHAR(64) COLLATE Latin1_General_BIN2 NOT NULL,
  line_no BIGINT NOT NULL,
  erp NVARCHAR(64) COLLATE Latin1_General_BIN2 NOT NULL,
  content NVARCHAR(MAX) NOT NULL, -- JSON
  status NVARCHAR(16) COLLATE Latin1_General_BIN2 NOT NULL,
  voucher_no NVARCHAR(MAX) NOT NULL,
  refusal NVARCHAR(MAX) NOT NULL,
  made_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  UNIQUE (entry_key),
  UNIQUE (line_no),
  FOREIGN KEY (line_no) REFERENCES yinqi_statement_line (no)
);

GO
-- 对账勾对
-- reconciliation matches
CREATE TABLE yinqi_match (
  no BIGINT IDENTITY(1,1) NOT NULL PRIMARY KEY,
  account NVARCHAR(64) COLLATE Latin1_General_BIN2 NOT NULL,
  pass NVARCHAR(64) COLLATE Latin1_General_BIN2 NOT NULL,
  reason NVARCHAR(MAX) NOT NULL,
  rule_version NVARCHAR(64) COLLATE Latin1_General_BIN2 NOT NULL,
  first_on NVARCHAR(16) COLLATE Latin1_General_BIN2 NULL, -- of its lines; null without lines
  last_on NVARCHAR(16) COLLATE Latin1_General_BIN2 NULL,
  at BIGINT NOT NULL
);
CREATE INDEX yinqi_match_account ON yinqi_match (account, no);

GO
-- 勾对明细：一条流水或一条日记账只属于一个勾对
-- a line or ledger id belongs to one match
CREATE TABLE yinqi_match_item (
  match_no BIGINT NOT NULL,
  side NVARCHAR(16) COLLATE Latin1_General_BIN2 NOT NULL,
  scope NVARCHAR(64) COLLATE Latin1_General_BIN2 NOT NULL, -- the account of a ledger id; empty for our own lines
  item_digest NVARCHAR(64) COLLATE Latin1_General_BIN2 NOT NULL,
  item NVARCHAR(MAX) NOT NULL,
  position INT NOT NULL,
  PRIMARY KEY (side, scope, item_digest),
  FOREIGN KEY (match_no) REFERENCES yinqi_match (no)
);
CREATE INDEX yinqi_match_item_match ON yinqi_match_item (match_no, position);

GO
-- 人工确认：只增不改
-- what a person said became of a payment; append only (I4)
CREATE TABLE yinqi_confirmation (
  no BIGINT IDENTITY(1,1) NOT NULL PRIMARY KEY,
  payment_id NVARCHAR(64) COLLATE Latin1_General_BIN2 NOT NULL,
  verdict NVARCHAR(16) COLLATE Latin1_General_BIN2 NOT NULL,
  person NVARCHAR(MAX) NOT NULL,
  evidence NVARCHAR(MAX) NOT NULL,
  at BIGINT NOT NULL,
  FOREIGN KEY (payment_id) REFERENCES yinqi_payment (id)
);
CREATE INDEX yinqi_confirmation_payment ON yinqi_confirmation (payment_id, no);

GO
-- 读取位置
-- where reading goes on
CREATE TABLE yinqi_cursor (
  name NVARCHAR(200) COLLATE Latin1_General_BIN2 NOT NULL,
  value NVARCHAR(MAX) NOT NULL,
  PRIMARY KEY (name)
);

GO
-- 编号：永不重复
-- numbers, never given twice
CREATE TABLE yinqi_sequence (
  name NVARCHAR(200) COLLATE Latin1_General_BIN2 NOT NULL,
  next_value BIGINT NOT NULL,
  PRIMARY KEY (name)
);

GO
-- 主控锁
-- named locks with an end
CREATE TABLE yinqi_leadership (
  name NVARCHAR(200) COLLATE Latin1_General_BIN2 NOT NULL,
  owner NVARCHAR(MAX) NOT NULL,
  until_at BIGINT NOT NULL,
  PRIMARY KEY (name)
);

GO
-- 本库自身的标识
-- facts about this store itself
CREATE TABLE yinqi_meta (
  name NVARCHAR(200) COLLATE Latin1_General_BIN2 NOT NULL,
  value NVARCHAR(MAX) NOT NULL,
  PRIMARY KEY (name)
);

GO
-- 只增不改：更新、删除一律拒绝。Append only: UPDATE and DELETE are refused.
CREATE TRIGGER yinqi_request_append_only ON yinqi_request INSTEAD OF UPDATE, DELETE AS
BEGIN
  SET NOCOUNT ON;
  THROW 51000, 'yinqi_request is append only: rows are never changed or deleted', 1;
END;

GO
-- 只增不改：更新、删除一律拒绝。Append only: UPDATE and DELETE are refused.
CREATE TRIGGER yinqi_payment_history_append_only ON yinqi_payment_history INSTEAD OF UPDATE, DELETE AS
BEGIN
  SET NOCOUNT ON;
  THROW 51000, 'yinqi_payment_history is append only: rows are never changed or deleted', 1;
END;

GO
-- 只增不改：更新、删除一律拒绝。Append only: UPDATE and DELETE are refused.
CREATE TRIGGER yinqi_hold_clearance_append_only ON yinqi_hold_clearance INSTEAD OF UPDATE, DELETE AS
BEGIN
  SET NOCOUNT ON;
  THROW 51000, 'yinqi_hold_clearance is append only: rows are never changed or deleted', 1;
END;

GO
-- 只增不改：更新、删除一律拒绝。Append only: UPDATE and DELETE are refused.
CREATE TRIGGER yinqi_document_append_only ON yinqi_document INSTEAD OF UPDATE, DELETE AS
BEGIN
  SET NOCOUNT ON;
  THROW 51000, 'yinqi_document is append only: rows are never changed or deleted', 1;
END;

GO
-- 只增不改：更新、删除一律拒绝。Append only: UPDATE and DELETE are refused.
CREATE TRIGGER yinqi_confirmation_append_only ON yinqi_confirmation INSTEAD OF UPDATE, DELETE AS
BEGIN
  SET NOCOUNT ON;
  THROW 51000, 'yinqi_confirmation is append only: rows are never changed or deleted', 1;
END;
