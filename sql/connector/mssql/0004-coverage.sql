-- 第 4 版：流水的识别键与对外键分开；每户每日的覆盖情况；对账单原件；例外事项的负责人。
-- Version 4: what tells a line from others is apart from what it is called; coverage per account and day; statement
-- files as they came; who looks after an exception.

GO
-- 识别键：规则变了可以重算；line_key 是对外的名称，永不改变
-- what tells a line from others, made anew when the rules change; line_key is what it is called outside, for ever
ALTER TABLE yinqi_statement_line ADD line_identity NVARCHAR(MAX) NOT NULL DEFAULT N'';

GO
-- SHA-256 of (account, identity)
ALTER TABLE yinqi_statement_line ADD identity_digest NVARCHAR(64) COLLATE Latin1_General_BIN2 NOT NULL DEFAULT N'';

GO
UPDATE yinqi_statement_line SET line_identity = line_key, identity_digest = key_digest;
CREATE UNIQUE INDEX yinqi_statement_line_identity ON yinqi_statement_line (identity_digest);
CREATE INDEX yinqi_balance_day ON yinqi_balance (account, as_of);

-- 每户每日：何时请求、何时收到、余额是否证明
-- per account and day: when asked for, when received, whether the balances prove it
CREATE TABLE yinqi_coverage (
  id NVARCHAR(200) COLLATE Latin1_General_BIN2 NOT NULL, -- account and day
  account NVARCHAR(64) COLLATE Latin1_General_BIN2 NOT NULL,
  day NVARCHAR(16) COLLATE Latin1_General_BIN2 NOT NULL,
  opened_at BIGINT NOT NULL,
  requested_at BIGINT, -- the last time that a bank was asked for it
  received_at BIGINT, -- when the newest whole answer about it was asked for
  source NVARCHAR(16) COLLATE Latin1_General_BIN2 NOT NULL, -- where its lines came from: interface, file, or empty
  attempts BIGINT NOT NULL, -- failed or fruitless since the last success
  due_at BIGINT, -- when it is asked for again; null: not by itself
  error NVARCHAR(MAX) NOT NULL, -- why the last asking failed, or empty
  proof NVARCHAR(16) COLLATE Latin1_General_BIN2 NOT NULL, -- open, proven, gap, unproven
  is_anchor BIGINT NOT NULL, -- 1: its closing balance is known
  gap_since BIGINT,
  content NVARCHAR(MAX) NOT NULL, -- JSON: opening, closing, gap; may be encrypted
  PRIMARY KEY (id)
);
CREATE INDEX yinqi_coverage_day ON yinqi_coverage (account, day);
CREATE INDEX yinqi_coverage_due ON yinqi_coverage (account, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX yinqi_coverage_gap ON yinqi_coverage (account, day) WHERE proof = N'gap';

GO
-- 导入的对账单文件
-- statement files, by the digest of their bytes
CREATE TABLE yinqi_statement_file (
  digest NVARCHAR(64) COLLATE Latin1_General_BIN2 NOT NULL, -- SHA-256
  sm3 NVARCHAR(64) COLLATE Latin1_General_BIN2 NOT NULL, -- empty where this Node.js has no SM3
  name NVARCHAR(MAX) NOT NULL,
  bytes BIGINT NOT NULL,
  parts NVARCHAR(MAX) NOT NULL, -- JSON: the digests of its parts, in order
  encoding NVARCHAR(64) COLLATE Latin1_General_BIN2 NOT NULL, -- the charset that was chosen
  format NVARCHAR(64) COLLATE Latin1_General_BIN2 NOT NULL,
  status NVARCHAR(16) COLLATE Latin1_General_BIN2 NOT NULL, -- importing, imported, refused
  reason NVARCHAR(MAX) NOT NULL, -- why it was refused, or empty
  imported_by NVARCHAR(MAX) NOT NULL,
  imported_at BIGINT NOT NULL,
  PRIMARY KEY (digest)
);
CREATE INDEX yinqi_statement_file_at ON yinqi_statement_file (imported_at);

GO
-- 文件原件，分段，逐字节不变
-- a file's bytes in parts, never changed; append only
CREATE TABLE yinqi_statement_file_part (
  id NVARCHAR(200) COLLATE Latin1_General_BIN2 NOT NULL, -- SHA-256 of the part
  content VARBINARY(MAX) NOT NULL, -- may be encrypted
  stored_at BIGINT NOT NULL,
  PRIMARY KEY (id)
);

GO
-- 文件中的每份对账单：账户、日期范围、是否由余额证明
-- what each statement of a file covers, and whether its balances prove it
CREATE TABLE yinqi_statement_span (
  id NVARCHAR(200) COLLATE Latin1_General_BIN2 NOT NULL, -- digest and position
  digest NVARCHAR(64) COLLATE Latin1_General_BIN2 NOT NULL,
  position BIGINT NOT NULL,
  account NVARCHAR(64) COLLATE Latin1_General_BIN2 NOT NULL,
  from_on NVARCHAR(16) COLLATE Latin1_General_BIN2 NOT NULL,
  to_on NVARCHAR(16) COLLATE Latin1_General_BIN2 NOT NULL,
  proven NVARCHAR(16) COLLATE Latin1_General_BIN2 NOT NULL, -- yes, no, unknown
  entries BIGINT NOT NULL,
  content NVARCHAR(MAX) NOT NULL, -- JSON: number, opening, closing, difference; may be encrypted
  at BIGINT NOT NULL,
  PRIMARY KEY (id),
  FOREIGN KEY (digest) REFERENCES yinqi_statement_file (digest)
);
CREATE INDEX yinqi_statement_span_account ON yinqi_statement_span (account, to_on);

GO
-- 例外事项由谁处理
-- who looks after an exception
CREATE TABLE yinqi_exception_owner (
  id_digest NVARCHAR(64) COLLATE Latin1_General_BIN2 NOT NULL,
  exception_id NVARCHAR(MAX) NOT NULL,
  owner NVARCHAR(MAX) NOT NULL,
  note NVARCHAR(MAX) NOT NULL,
  assigned_by NVARCHAR(MAX) NOT NULL,
  assigned_at BIGINT NOT NULL,
  PRIMARY KEY (id_digest)
);

GO
-- 只增不改：只有密文列可以换成新的密文（换钥）；其余更新、删除一律拒绝。
-- Append only: a column that may be encrypted takes a new ciphertext (rotation of keys); all else is refused.
CREATE TRIGGER yinqi_statement_file_part_append_only ON yinqi_statement_file_part AFTER UPDATE, DELETE AS
BEGIN
  SET NOCOUNT ON;
  IF EXISTS (SELECT 1 FROM deleted AS d LEFT JOIN inserted AS i ON i.id = d.id
    WHERE i.id IS NULL
    OR i.stored_at <> d.stored_at
    OR i.content <> d.content AND SUBSTRING(i.content, 1, 7) <> 0x5951454E433100)
    THROW 51000, 'yinqi_statement_file_part is append only: rows are never changed or deleted', 1;
END;
