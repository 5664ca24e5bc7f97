-- yinqi 自身的数据库，第 1 版。金额为最小货币单位的精确文本；时刻为 Unix 毫秒。
-- yinqi's own store, version 1. Amounts are exact text of minor units; instants are epoch milliseconds.

-- ERP 的每一次请求：同一单据的同一版次只有一行
-- every asking of the ERP; a (document, revision) exists once
CREATE TABLE yinqi_request (
  no BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  erp TEXT NOT NULL,
  document TEXT NOT NULL, -- SHA-256 of the ERP key without its revision
  revision INTEGER NOT NULL,
  doc_no TEXT NOT NULL, -- first 200 characters, for searching
  digest TEXT NOT NULL,
  approval TEXT NOT NULL,
  status TEXT NOT NULL,
  error_code TEXT NOT NULL,
  cause TEXT NOT NULL,
  evidence TEXT NOT NULL,
  content TEXT NOT NULL, -- the request, JSON
  taken_at BIGINT NOT NULL,
  UNIQUE (document, revision)
);
CREATE INDEX yinqi_request_doc_no ON yinqi_request (doc_no);

-- 付款：一次请求最多一笔付款
-- a request leads to at most one payment (I1); a reference is used once at a bank (I2)
CREATE TABLE yinqi_payment (
  no BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id TEXT NOT NULL,
  request_no BIGINT NOT NULL,
  erp TEXT NOT NULL,
  bank TEXT NOT NULL,
  reference TEXT NOT NULL,
  batch_reference TEXT NOT NULL,
  batch_line INTEGER NOT NULL,
  currency TEXT NOT NULL,
  amount_minor TEXT NOT NULL, -- exact minor units as text
  instruction TEXT NOT NULL, -- JSON
  state TEXT NOT NULL,
  seq INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  due_at BIGINT NOT NULL,
  lease_until BIGINT,
  sent_at BIGINT,
  state_since BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  error_code TEXT NOT NULL,
  status_text TEXT NOT NULL,
  bank_serial TEXT NOT NULL,
  settled_at BIGINT,
  receipt_no TEXT NOT NULL,
  UNIQUE (id),
  UNIQUE (bank, reference),
  UNIQUE (request_no),
  FOREIGN KEY (request_no) REFERENCES yinqi_request (no)
);
CREATE INDEX yinqi_payment_batch ON yinqi_payment (bank, batch_reference);
CREATE INDEX yinqi_payment_state ON yinqi_payment (state, no);
CREATE INDEX yinqi_payment_due ON yinqi_payment (bank, state, due_at, no) WHERE state IN ('held', 'ready', 'sending', 'unknown', 'accepted');
CREATE INDEX yinqi_payment_lease ON yinqi_payment (lease_until) WHERE lease_until IS NOT NULL;

-- 付款历史：只增不改
-- how a payment moved; append only (I5)
CREATE TABLE yinqi_payment_history (
  payment_id TEXT NOT NULL,
  seq INTEGER NOT NULL,
  at BIGINT NOT NULL,
  from_state TEXT,
  cause TEXT NOT NULL,
  to_state TEXT NOT NULL,
  actor TEXT NOT NULL,
  evidence TEXT NOT NULL,
  PRIMARY KEY (payment_id, seq),
  FOREIGN KEY (payment_id) REFERENCES yinqi_payment (id)
);

-- 冻结：付款须先通过的审批或风险规则
-- what a payment must pass before it may be sent
CREATE TABLE yinqi_hold (
  no BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  payment_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  reason TEXT NOT NULL,
  approvals_needed INTEGER NOT NULL,
  cleared_at BIGINT,
  FOREIGN KEY (payment_id) REFERENCES yinqi_payment (id)
);
CREATE INDEX yinqi_hold_payment ON yinqi_hold (payment_id, no);

-- 解除冻结的人与理由：同一人只计一次
-- who cleared a hold; a person counts once; append only
CREATE TABLE yinqi_hold_clearance (
  hold_no BIGINT NOT NULL,
  person TEXT NOT NULL,
  reason TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (hold_no, person),
  FOREIGN KEY (hold_no) REFERENCES yinqi_hold (no)
);

-- 矛盾：生命周期不允许的证据，由人处理
-- evidence that the lifecycle forbids; a person looks at it
CREATE TABLE yinqi_contradiction (
  no BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  identity_digest TEXT NOT NULL, -- of payment, code, cause and evidence
  at BIGINT NOT NULL,
  payment_id TEXT,
  code TEXT NOT NULL,
  cause TEXT NOT NULL,
  evidence TEXT NOT NULL,
  resolved_at BIGINT,
  resolved_by TEXT NOT NULL,
  resolution TEXT NOT NULL,
  UNIQUE (identity_digest)
);
CREATE INDEX yinqi_contradiction_open ON yinqi_contradiction (no) WHERE resolved_at IS NULL;

-- 待通知 ERP 的记录：每个键一次
-- what the ERP must be told; once per (erp, key) (I6)
CREATE TABLE yinqi_outbox (
  no BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  erp TEXT NOT NULL,
  key_digest TEXT NOT NULL, -- SHA-256 of (erp, record key)
  record_key TEXT NOT NULL,
  kind TEXT NOT NULL,
  content TEXT NOT NULL, -- JSON
  attempts INTEGER NOT NULL,
  created_at BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  lease_until BIGINT,
  delivered_at BIGINT,
  erp_number TEXT NOT NULL,
  refusal_code TEXT,
  refusal_text TEXT NOT NULL,
  UNIQUE (key_digest)
);
CREATE INDEX yinqi_outbox_waiting ON yinqi_outbox (erp, no) WHERE delivered_at IS NULL;
CREATE INDEX yinqi_outbox_refused ON yinqi_outbox (no) WHERE delivered_at IS NULL AND refusal_code IS NOT NULL;

-- 银行流水：每行只导入一次
-- bank lines; each imported once (I9)
CREATE TABLE yinqi_statement_line (
  no BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  key_digest TEXT NOT NULL, -- SHA-256 of (account, line key)
  bank TEXT NOT NULL,
  account TEXT NOT NULL,
  line_key TEXT NOT NULL,
  booked_on TEXT NOT NULL,
  currency TEXT NOT NULL,
  amount_minor TEXT NOT NULL, -- exact minor units as text; money out is negative
  reference TEXT NOT NULL,
  content TEXT NOT NULL, -- JSON
  payment_id TEXT,
  journal TEXT NOT NULL,
  receipt TEXT NOT NULL,
  receipt_due_at BIGINT NOT NULL,
  imported_at BIGINT NOT NULL,
  looked_at BIGINT,
  UNIQUE (key_digest),
  FOREIGN KEY (payment_id) REFERENCES yinqi_payment (id)
);
CREATE INDEX yinqi_statement_line_account ON yinqi_statement_line (account, booked_on, no);
CREATE INDEX yinqi_statement_line_payment ON yinqi_statement_line (payment_id) WHERE payment_id IS NOT NULL;
CREATE INDEX yinqi_statement_line_unlinked ON yinqi_statement_line (no) WHERE looked_at IS NULL AND reference <> '';
CREATE INDEX yinqi_statement_line_unbooked ON yinqi_statement_line (no) WHERE journal = 'open';
CREATE INDEX yinqi_statement_line_receipt ON yinqi_statement_line (bank, receipt_due_at, no) WHERE receipt IN ('wanted', 'missing');

-- 银行余额
-- balances as the bank gave them
CREATE TABLE yinqi_balance (
  no BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  account TEXT NOT NULL,
  as_of TEXT NOT NULL,
  content TEXT NOT NULL, -- JSON
  at BIGINT NOT NULL
);
CREATE INDEX yinqi_balance_account ON yinqi_balance (account, no);

-- 回单等文件：按摘要保存一次，逐字节不变
-- documents by digest, byte for byte; append only
CREATE TABLE yinqi_document (
  digest TEXT NOT NULL,
  content BYTEA NOT NULL,
  stored_at BIGINT NOT NULL,
  PRIMARY KEY (digest)
);

-- 电子回单
-- the receipt of a statement line
CREATE TABLE yinqi_receipt (
  line_no BIGINT NOT NULL,
  account TEXT NOT NULL,
  receipt_no TEXT NOT NULL,
  media_type TEXT NOT NULL,
  digest TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (line_no),
  FOREIGN KEY (line_no) REFERENCES yinqi_statement_line (no),
  FOREIGN KEY (digest) REFERENCES yinqi_document (digest)
);
CREATE INDEX yinqi_receipt_digest ON yinqi_receipt (digest);

-- 日记账凭证：每键一次，每条流水一次
-- journal entries; once per key and once per bank line (I7)
CREATE TABLE yinqi_journal_entry (
  no BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  entry_key TEXT NOT NULL,
  line_no BIGINT NOT NULL,
  erp TEXT NOT NULL,
  content TEXT NOT NULL, -- JSON
  status TEXT NOT NULL,
  voucher_no TEXT NOT NULL,
  refusal TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  UNIQUE (entry_key),
  UNIQUE (line_no),
  FOREIGN KEY (line_no) REFERENCES yinqi_statement_line (no)
);

-- 对账勾对
-- reconciliation matches
CREATE TABLE yinqi_match (
  no BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  account TEXT NOT NULL,
  pass TEXT NOT NULL,
  reason TEXT NOT NULL,
  rule_version TEXT NOT NULL,
  first_on TEXT, -- of its lines; null without lines
  last_on TEXT,
  at BIGINT NOT NULL
);
CREATE INDEX yinqi_match_account ON yinqi_match (account, no);

-- 勾对明细：一条流水或一条日记账只属于一个勾对
-- a line or ledger id belongs to one match
CREATE TABLE yinqi_match_item (
  match_no BIGINT NOT NULL,
  side TEXT NOT NULL,
  scope TEXT NOT NULL, -- the account of a ledger id; empty for our own lines
  item_digest TEXT NOT NULL,
  item TEXT NOT NULL,
  position INTEGER NOT NULL,
  PRIMARY KEY (side, scope, item_digest),
  FOREIGN KEY (match_no) REFERENCES yinqi_match (no)
);
CREATE INDEX yinqi_match_item_match ON yinqi_match_item (match_no, position);

-- 人工确认：只增不改
-- what a person said became of a payment; append only (I4)
CREATE TABLE yinqi_confirmation (
  no BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  payment_id TEXT NOT NULL,
  verdict TEXT NOT NULL,
  person TEXT NOT NULL,
  evidence TEXT NOT NULL,
  at BIGINT NOT NULL,
  FOREIGN KEY (payment_id) REFERENCES yinqi_payment (id)
);
CREATE INDEX yinqi_confirmation_payment ON yinqi_confirmation (payment_id, no);

-- 读取位置
-- where reading goes on
CREATE TABLE yinqi_cursor (
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (name)
);

-- 编号：永不重复
-- numbers, never given twice
CREATE TABLE yinqi_sequence (
  name TEXT NOT NULL,
  next_value BIGINT NOT NULL,
  PRIMARY KEY (name)
);

-- 主控锁
-- named locks with an end
CREATE TABLE yinqi_leadership (
  name TEXT NOT NULL,
  owner TEXT NOT NULL,
  until_at BIGINT NOT NULL,
  PRIMARY KEY (name)
);

-- 本库自身的标识
-- facts about this store itself
CREATE TABLE yinqi_meta (
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (name)
);

-- 只增不改的表：更新、删除、清空一律拒绝。Append-only tables refuse UPDATE, DELETE and TRUNCATE.
CREATE FUNCTION yinqi_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append only: rows are never changed or deleted', TG_TABLE_NAME;
END
$$;

CREATE TRIGGER yinqi_request_append_only BEFORE UPDATE OR DELETE ON yinqi_request
  FOR EACH ROW EXECUTE FUNCTION yinqi_append_only();
CREATE TRIGGER yinqi_request_no_truncate BEFORE TRUNCATE ON yinqi_request
  FOR EACH STATEMENT EXECUTE FUNCTION yinqi_append_only();

CREATE TRIGGER yinqi_payment_history_append_only BEFORE UPDATE OR DELETE ON yinqi_payment_history
  FOR EACH ROW EXECUTE FUNCTION yinqi_append_only();
CREATE TRIGGER yinqi_payment_history_no_truncate BEFORE TRUNCATE ON yinqi_payment_history
  FOR EACH STATEMENT EXECUTE FUNCTION yinqi_append_only();

CREATE TRIGGER yinqi_hold_clearance_append_only BEFORE UPDATE OR DELETE ON yinqi_hold_clearance
  FOR EACH ROW EXECUTE FUNCTION yinqi_append_only();
CREATE TRIGGER yinqi_hold_clearance_no_truncate BEFORE TRUNCATE ON yinqi_hold_clearance
  FOR EACH STATEMENT EXECUTE FUNCTION yinqi_append_only();

CREATE TRIGGER yinqi_document_append_only BEFORE UPDATE OR DELETE ON yinqi_document
  FOR EACH ROW EXECUTE FUNCTION yinqi_append_only();
CREATE TRIGGER yinqi_document_no_truncate BEFORE TRUNCATE ON yinqi_document
  FOR EACH STATEMENT EXECUTE FUNCTION yinqi_append_only();

CREATE TRIGGER yinqi_confirmation_append_only BEFORE UPDATE OR DELETE ON yinqi_confirmation
  FOR EACH ROW EXECUTE FUNCTION yinqi_append_only();
CREATE TRIGGER yinqi_confirmation_no_truncate BEFORE TRUNCATE ON yinqi_confirmation
  FOR EACH STATEMENT EXECUTE FUNCTION yinqi_append_only();
