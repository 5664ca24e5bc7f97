-- 第 4 版：流水的识别键与对外键分开；每户每日的覆盖情况；对账单原件；例外事项的负责人。
-- Version 4: what tells a line from others is apart from what it is called; coverage per account and day; statement
-- files as they came; who looks after an exception.

-- 识别键：规则变了可以重算；line_key 是对外的名称，永不改变
-- what tells a line from others, made anew when the rules change; line_key is what it is called outside, for ever
ALTER TABLE yinqi_statement_line ADD COLUMN line_identity TEXT NOT NULL DEFAULT '';
-- SHA-256 of (account, identity)
ALTER TABLE yinqi_statement_line ADD COLUMN identity_digest TEXT NOT NULL DEFAULT '';
UPDATE yinqi_statement_line SET line_identity = line_key, identity_digest = key_digest;
CREATE UNIQUE INDEX yinqi_statement_line_identity ON yinqi_statement_line (identity_digest);
CREATE INDEX yinqi_balance_day ON yinqi_balance (account, as_of);

-- 每户每日：何时请求、何时收到、余额是否证明
-- per account and day: when asked for, when received, whether the balances prove it
CREATE TABLE yinqi_coverage (
  id TEXT NOT NULL, -- account and day
  account TEXT NOT NULL,
  day TEXT NOT NULL,
  opened_at BIGINT NOT NULL,
  requested_at BIGINT, -- the last time that a bank was asked for it
  received_at BIGINT, -- when the newest whole answer about it was asked for
  source TEXT NOT NULL, -- where its lines came from: interface, file, or empty
  attempts BIGINT NOT NULL, -- failed or fruitless since the last success
  due_at BIGINT, -- when it is asked for again; null: not by itself
  error TEXT NOT NULL, -- why the last asking failed, or empty
  proof TEXT NOT NULL, -- open, proven, gap, unproven
  is_anchor BIGINT NOT NULL, -- 1: its closing balance is known
  gap_since BIGINT,
  content TEXT NOT NULL, -- JSON: opening, closing, gap; may be encrypted
  PRIMARY KEY (id)
);
CREATE INDEX yinqi_coverage_day ON yinqi_coverage (account, day);
CREATE INDEX yinqi_coverage_due ON yinqi_coverage (account, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX yinqi_coverage_gap ON yinqi_coverage (account, day) WHERE proof = 'gap';

-- 导入的对账单文件
-- statement files, by the digest of their bytes
CREATE TABLE yinqi_statement_file (
  digest TEXT NOT NULL, -- SHA-256
  sm3 TEXT NOT NULL, -- empty where this Node.js has no SM3
  name TEXT NOT NULL,
  bytes BIGINT NOT NULL,
  parts TEXT NOT NULL, -- JSON: the digests of its parts, in order
  encoding TEXT NOT NULL, -- the charset that was chosen
  format TEXT NOT NULL,
  status TEXT NOT NULL, -- importing, imported, refused
  reason TEXT NOT NULL, -- why it was refused, or empty
  imported_by TEXT NOT NULL,
  imported_at BIGINT NOT NULL,
  PRIMARY KEY (digest)
);
CREATE INDEX yinqi_statement_file_at ON yinqi_statement_file (imported_at);

-- 文件原件，分段，逐字节不变
-- a file's bytes in parts, never changed; append only
CREATE TABLE yinqi_statement_file_part (
  id TEXT NOT NULL, -- SHA-256 of the part
  content BYTEA NOT NULL, -- may be encrypted
  stored_at BIGINT NOT NULL,
  PRIMARY KEY (id)
);

-- 文件中的每份对账单：账户、日期范围、是否由余额证明
-- what each statement of a file covers, and whether its balances prove it
CREATE TABLE yinqi_statement_span (
  id TEXT NOT NULL, -- digest and position
  digest TEXT NOT NULL,
  position BIGINT NOT NULL,
  account TEXT NOT NULL,
  from_on TEXT NOT NULL,
  to_on TEXT NOT NULL,
  proven TEXT NOT NULL, -- yes, no, unknown
  entries BIGINT NOT NULL,
  content TEXT NOT NULL, -- JSON: number, opening, closing, difference; may be encrypted
  at BIGINT NOT NULL,
  PRIMARY KEY (id),
  FOREIGN KEY (digest) REFERENCES yinqi_statement_file (digest)
);
CREATE INDEX yinqi_statement_span_account ON yinqi_statement_span (account, to_on);

-- 例外事项由谁处理
-- who looks after an exception
CREATE TABLE yinqi_exception_owner (
  id_digest TEXT NOT NULL,
  exception_id TEXT NOT NULL,
  owner TEXT NOT NULL,
  note TEXT NOT NULL,
  assigned_by TEXT NOT NULL,
  assigned_at BIGINT NOT NULL,
  PRIMARY KEY (id_digest)
);

-- 只增不改：只有密文列可以换成新的密文（换钥）；其余更新、删除一律拒绝。
-- Append only: a column that may be encrypted takes a new ciphertext (rotation of keys); all else is refused.
CREATE TRIGGER yinqi_statement_file_part_no_update BEFORE UPDATE ON yinqi_statement_file_part
  FOR EACH ROW WHEN (NOT (NEW.id IS NOT DISTINCT FROM OLD.id AND NEW.stored_at IS NOT DISTINCT FROM OLD.stored_at AND (NEW.content IS NOT DISTINCT FROM OLD.content OR substring(NEW.content FROM 1 FOR 7) = '\x5951454E433100'::bytea))) EXECUTE FUNCTION yinqi_append_only();
CREATE TRIGGER yinqi_statement_file_part_no_delete BEFORE DELETE ON yinqi_statement_file_part
  FOR EACH ROW EXECUTE FUNCTION yinqi_append_only();
CREATE TRIGGER yinqi_statement_file_part_no_truncate BEFORE TRUNCATE ON yinqi_statement_file_part
  FOR EACH STATEMENT EXECUTE FUNCTION yinqi_append_only();
