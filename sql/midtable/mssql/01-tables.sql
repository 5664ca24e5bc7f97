-- 银企直联中间表：表、注释、索引 / Middle tables: tables, comments and indexes.
-- SQL Server 2012 or later. Run in the database of the middle tables as its owner: sqlcmd -I -i <file> (or SSMS). May be run again.
-- 在中间表所在数据库以所有者身份执行，可重复执行。
-- Each column has one writer, named in brackets. Times are UTC unless the comment says Asia-Shanghai.
-- 每列只有一个写入方，见方括号；除注明北京时间外，时间均为 UTC。

-- Keys have a binary collation: the default of a Chinese server takes A and a, full and half width for the same key.
-- 键列用二进制排序规则：中文默认排序规则不分大小写和全半角。
SET QUOTED_IDENTIFIER ON;
SET ANSI_NULLS ON;
GO

IF OBJECT_ID(N'yq_payment') IS NULL
CREATE TABLE yq_payment (
  id BIGINT IDENTITY(1,1) NOT NULL,
  source_system NVARCHAR(20) COLLATE Latin1_General_BIN2 NOT NULL,
  account_set NVARCHAR(20) COLLATE Latin1_General_BIN2 NOT NULL,
  doc_type NVARCHAR(20) COLLATE Latin1_General_BIN2 NOT NULL,
  doc_no NVARCHAR(60) COLLATE Latin1_General_BIN2 NOT NULL,
  doc_line INT NOT NULL,
  revision INT NOT NULL,
  company_code NVARCHAR(40) NOT NULL CONSTRAINT df_yq_payment_company_code DEFAULT N'',
  payer_account NVARCHAR(40) NOT NULL,
  payer_name NVARCHAR(200) NOT NULL CONSTRAINT df_yq_payment_payer_name DEFAULT N'',
  payee_account NVARCHAR(60) NOT NULL,
  payee_name NVARCHAR(200) NOT NULL,
  payee_bank_name NVARCHAR(200) NOT NULL CONSTRAINT df_yq_payment_payee_bank_name DEFAULT N'',
  payee_bank_code NVARCHAR(20) NOT NULL CONSTRAINT df_yq_payment_payee_bank_code DEFAULT N'',
  payee_kind NVARCHAR(4) NOT NULL CONSTRAINT df_yq_payment_payee_kind DEFAULT N'',
  payee_province NVARCHAR(40) NOT NULL CONSTRAINT df_yq_payment_payee_province DEFAULT N'',
  payee_city NVARCHAR(40) NOT NULL CONSTRAINT df_yq_payment_payee_city DEFAULT N'',
  amount DECIMAL(19,4) NOT NULL,
  currency NVARCHAR(10) NOT NULL,
  purpose NVARCHAR(200) NOT NULL CONSTRAINT df_yq_payment_purpose DEFAULT N'',
  postscript NVARCHAR(200) NOT NULL CONSTRAINT df_yq_payment_postscript DEFAULT N'',
  business_type NVARCHAR(40) NOT NULL CONSTRAINT df_yq_payment_business_type DEFAULT N'',
  requested_on DATE,
  urgency NVARCHAR(10) NOT NULL CONSTRAINT df_yq_payment_urgency DEFAULT N'normal',
  batch_no NVARCHAR(60) NOT NULL CONSTRAINT df_yq_payment_batch_no DEFAULT N'',
  maker NVARCHAR(60) NOT NULL CONSTRAINT df_yq_payment_maker DEFAULT N'',
  checker NVARCHAR(60) NOT NULL CONSTRAINT df_yq_payment_checker DEFAULT N'',
  request NVARCHAR(10) NOT NULL CONSTRAINT df_yq_payment_request DEFAULT N'pay',
  created_at DATETIME2(3) NOT NULL CONSTRAINT df_yq_payment_created_at DEFAULT SYSUTCDATETIME(),
  status NVARCHAR(12) NOT NULL CONSTRAINT df_yq_payment_status DEFAULT N'new',
  status_text NVARCHAR(500) NOT NULL CONSTRAINT df_yq_payment_status_text DEFAULT N'',
  status_seq BIGINT NOT NULL CONSTRAINT df_yq_payment_status_seq DEFAULT 0,
  error_code NVARCHAR(60) NOT NULL CONSTRAINT df_yq_payment_error_code DEFAULT N'',
  bank_reference NVARCHAR(60) NOT NULL CONSTRAINT df_yq_payment_bank_reference DEFAULT N'',
  bank_serial NVARCHAR(100) NOT NULL CONSTRAINT df_yq_payment_bank_serial DEFAULT N'',
  settled_at DATETIME2(3),
  receipt_no NVARCHAR(100) NOT NULL CONSTRAINT df_yq_payment_receipt_no DEFAULT N'',
  updated_at DATETIME2(3),
  taken_at DATETIME2(3),
  taken_by NVARCHAR(100) NOT NULL CONSTRAINT df_yq_payment_taken_by DEFAULT N'',
  cancel_taken_at DATETIME2(3),
  CONSTRAINT pk_yq_payment PRIMARY KEY (id),
  CONSTRAINT uq_yq_payment UNIQUE (source_system, account_set, doc_type, doc_no, doc_line, revision),
  CONSTRAINT ck_yq_payment_request CHECK (request IN (N'pay', N'cancel'))
);
GO

IF OBJECT_ID(N'yq_payment_event') IS NULL
CREATE TABLE yq_payment_event (
  id BIGINT IDENTITY(1,1) NOT NULL,
  source_system NVARCHAR(20) COLLATE Latin1_General_BIN2 NOT NULL,
  account_set NVARCHAR(20) COLLATE Latin1_General_BIN2 NOT NULL,
  doc_type NVARCHAR(20) COLLATE Latin1_General_BIN2 NOT NULL,
  doc_no NVARCHAR(60) COLLATE Latin1_General_BIN2 NOT NULL,
  doc_line INT NOT NULL,
  revision INT NOT NULL,
  seq BIGINT NOT NULL,
  status NVARCHAR(12) NOT NULL,
  status_text NVARCHAR(500) NOT NULL CONSTRAINT df_yq_payment_event_status_text DEFAULT N'',
  cause NVARCHAR(60) NOT NULL CONSTRAINT df_yq_payment_event_cause DEFAULT N'',
  error_code NVARCHAR(60) NOT NULL CONSTRAINT df_yq_payment_event_error_code DEFAULT N'',
  bank_reference NVARCHAR(60) NOT NULL CONSTRAINT df_yq_payment_event_bank_reference DEFAULT N'',
  bank_serial NVARCHAR(100) NOT NULL CONSTRAINT df_yq_payment_event_bank_serial DEFAULT N'',
  happened_at DATETIME2(3) NOT NULL,
  created_at DATETIME2(3) NOT NULL CONSTRAINT df_yq_payment_event_created_at DEFAULT SYSUTCDATETIME(),
  CONSTRAINT pk_yq_payment_event PRIMARY KEY (id),
  CONSTRAINT uq_yq_payment_event UNIQUE (source_system, account_set, doc_type, doc_no, doc_line, revision, seq)
);
GO

IF OBJECT_ID(N'yq_statement_line') IS NULL
CREATE TABLE yq_statement_line (
  id BIGINT IDENTITY(1,1) NOT NULL,
  line_key NVARCHAR(120) COLLATE Latin1_General_BIN2 NOT NULL,
  account NVARCHAR(40) NOT NULL,
  bank_line_id NVARCHAR(120) NOT NULL CONSTRAINT df_yq_statement_line_bank_line_id DEFAULT N'',
  booked_on DATE NOT NULL,
  booked_time NVARCHAR(8) NOT NULL CONSTRAINT df_yq_statement_line_booked_time DEFAULT N'',
  value_on DATE,
  amount DECIMAL(19,4) NOT NULL,
  currency NVARCHAR(10) NOT NULL,
  balance_after DECIMAL(19,4),
  counter_account NVARCHAR(60) NOT NULL CONSTRAINT df_yq_statement_line_counter_account DEFAULT N'',
  counter_name NVARCHAR(200) NOT NULL CONSTRAINT df_yq_statement_line_counter_name DEFAULT N'',
  counter_bank NVARCHAR(200) NOT NULL CONSTRAINT df_yq_statement_line_counter_bank DEFAULT N'',
  purpose NVARCHAR(500) NOT NULL CONSTRAINT df_yq_statement_line_purpose DEFAULT N'',
  line_text NVARCHAR(1000) NOT NULL CONSTRAINT df_yq_statement_line_line_text DEFAULT N'',
  bank_reference NVARCHAR(60) NOT NULL CONSTRAINT df_yq_statement_line_bank_reference DEFAULT N'',
  bank_serial NVARCHAR(100) NOT NULL CONSTRAINT df_yq_statement_line_bank_serial DEFAULT N'',
  is_reversal BIT NOT NULL CONSTRAINT df_yq_statement_line_is_reversal DEFAULT 0,
  line_type NVARCHAR(60) NOT NULL CONSTRAINT df_yq_statement_line_line_type DEFAULT N'',
  paid_source_system NVARCHAR(20) COLLATE Latin1_General_BIN2,
  paid_account_set NVARCHAR(20) COLLATE Latin1_General_BIN2,
  paid_doc_type NVARCHAR(20) COLLATE Latin1_General_BIN2,
  paid_doc_no NVARCHAR(60) COLLATE Latin1_General_BIN2,
  paid_doc_line INT,
  paid_revision INT,
  imported_at DATETIME2(3) NOT NULL,
  CONSTRAINT pk_yq_statement_line PRIMARY KEY (id),
  CONSTRAINT uq_yq_statement_line UNIQUE (line_key)
);
GO

IF OBJECT_ID(N'yq_statement_withdrawal') IS NULL
CREATE TABLE yq_statement_withdrawal (
  id BIGINT IDENTITY(1,1) NOT NULL,
  line_key NVARCHAR(120) COLLATE Latin1_General_BIN2 NOT NULL,
  turn INT NOT NULL,
  state NVARCHAR(12) NOT NULL,
  person NVARCHAR(60) NOT NULL CONSTRAINT df_yq_statement_withdrawal_person DEFAULT N'',
  reason NVARCHAR(500) NOT NULL CONSTRAINT df_yq_statement_withdrawal_reason DEFAULT N'',
  happened_at DATETIME2(3) NOT NULL,
  CONSTRAINT pk_yq_statement_withdrawal PRIMARY KEY (id),
  CONSTRAINT uq_yq_statement_withdrawal UNIQUE (line_key, turn),
  CONSTRAINT ck_yq_statement_withdrawal_state CHECK (state IN (N'withdrawn', N'restored'))
);
GO

IF OBJECT_ID(N'yq_balance') IS NULL
CREATE TABLE yq_balance (
  id BIGINT IDENTITY(1,1) NOT NULL,
  balance_key NVARCHAR(120) COLLATE Latin1_General_BIN2 NOT NULL,
  account NVARCHAR(40) NOT NULL,
  as_of DATETIME2(0) NOT NULL,
  currency NVARCHAR(10) NOT NULL,
  current_amount DECIMAL(19,4) NOT NULL,
  available_amount DECIMAL(19,4),
  frozen_amount DECIMAL(19,4),
  previous_day_amount DECIMAL(19,4),
  fetched_at DATETIME2(3) NOT NULL,
  CONSTRAINT pk_yq_balance PRIMARY KEY (id),
  CONSTRAINT uq_yq_balance UNIQUE (balance_key)
);
GO

IF OBJECT_ID(N'yq_receipt') IS NULL
CREATE TABLE yq_receipt (
  id BIGINT IDENTITY(1,1) NOT NULL,
  receipt_key NVARCHAR(120) COLLATE Latin1_General_BIN2 NOT NULL,
  account NVARCHAR(40) NOT NULL,
  line_key NVARCHAR(120) COLLATE Latin1_General_BIN2 NOT NULL CONSTRAINT df_yq_receipt_line_key DEFAULT N'',
  receipt_no NVARCHAR(100) NOT NULL CONSTRAINT df_yq_receipt_receipt_no DEFAULT N'',
  media_type NVARCHAR(60) NOT NULL CONSTRAINT df_yq_receipt_media_type DEFAULT N'',
  digest NVARCHAR(128) NOT NULL CONSTRAINT df_yq_receipt_digest DEFAULT N'',
  paid_source_system NVARCHAR(20) COLLATE Latin1_General_BIN2,
  paid_account_set NVARCHAR(20) COLLATE Latin1_General_BIN2,
  paid_doc_type NVARCHAR(20) COLLATE Latin1_General_BIN2,
  paid_doc_no NVARCHAR(60) COLLATE Latin1_General_BIN2,
  paid_doc_line INT,
  paid_revision INT,
  fetched_at DATETIME2(3) NOT NULL,
  CONSTRAINT pk_yq_receipt PRIMARY KEY (id),
  CONSTRAINT uq_yq_receipt UNIQUE (receipt_key)
);
GO

IF OBJECT_ID(N'yq_journal') IS NULL
CREATE TABLE yq_journal (
  id BIGINT IDENTITY(1,1) NOT NULL,
  entry_key NVARCHAR(50) COLLATE Latin1_General_BIN2 NOT NULL,
  account_set NVARCHAR(20) NOT NULL CONSTRAINT df_yq_journal_account_set DEFAULT N'',
  voucher_date DATE NOT NULL,
  voucher_type NVARCHAR(20) NOT NULL CONSTRAINT df_yq_journal_voucher_type DEFAULT N'',
  summary NVARCHAR(200) NOT NULL CONSTRAINT df_yq_journal_summary DEFAULT N'',
  maker NVARCHAR(60) NOT NULL CONSTRAINT df_yq_journal_maker DEFAULT N'',
  paid_source_system NVARCHAR(20) COLLATE Latin1_General_BIN2,
  paid_account_set NVARCHAR(20) COLLATE Latin1_General_BIN2,
  paid_doc_type NVARCHAR(20) COLLATE Latin1_General_BIN2,
  paid_doc_no NVARCHAR(60) COLLATE Latin1_General_BIN2,
  paid_doc_line INT,
  paid_revision INT,
  rule_name NVARCHAR(100) NOT NULL CONSTRAINT df_yq_journal_rule_name DEFAULT N'',
  created_at DATETIME2(3) NOT NULL CONSTRAINT df_yq_journal_created_at DEFAULT SYSUTCDATETIME(),
  voucher_no NVARCHAR(60),
  imported_at DATETIME2(3),
  voucher_taken_at DATETIME2(3),
  refusal_code NVARCHAR(60) NOT NULL CONSTRAINT df_yq_journal_refusal_code DEFAULT N'',
  refusal_text NVARCHAR(500) NOT NULL CONSTRAINT df_yq_journal_refusal_text DEFAULT N'',
  refused_at DATETIME2(3),
  CONSTRAINT pk_yq_journal PRIMARY KEY (id),
  CONSTRAINT uq_yq_journal UNIQUE (entry_key)
);
GO

IF OBJECT_ID(N'yq_journal_line') IS NULL
CREATE TABLE yq_journal_line (
  id BIGINT IDENTITY(1,1) NOT NULL,
  entry_key NVARCHAR(50) COLLATE Latin1_General_BIN2 NOT NULL,
  line_no INT NOT NULL,
  account NVARCHAR(40) NOT NULL,
  side NVARCHAR(6) NOT NULL,
  amount DECIMAL(19,4) NOT NULL,
  currency NVARCHAR(10) NOT NULL,
  summary NVARCHAR(200) NOT NULL CONSTRAINT df_yq_journal_line_summary DEFAULT N'',
  supplier NVARCHAR(60) NOT NULL CONSTRAINT df_yq_journal_line_supplier DEFAULT N'',
  customer NVARCHAR(60) NOT NULL CONSTRAINT df_yq_journal_line_customer DEFAULT N'',
  department NVARCHAR(60) NOT NULL CONSTRAINT df_yq_journal_line_department DEFAULT N'',
  person NVARCHAR(60) NOT NULL CONSTRAINT df_yq_journal_line_person DEFAULT N'',
  item_class NVARCHAR(60) NOT NULL CONSTRAINT df_yq_journal_line_item_class DEFAULT N'',
  item NVARCHAR(60) NOT NULL CONSTRAINT df_yq_journal_line_item DEFAULT N'',
  cash_flow_item NVARCHAR(60) NOT NULL CONSTRAINT df_yq_journal_line_cash_flow_item DEFAULT N'',
  settlement_style NVARCHAR(20) NOT NULL CONSTRAINT df_yq_journal_line_settlement_style DEFAULT N'',
  settlement_number NVARCHAR(100) NOT NULL CONSTRAINT df_yq_journal_line_settlement_number DEFAULT N'',
  settlement_date DATE,
  CONSTRAINT pk_yq_journal_line PRIMARY KEY (id),
  CONSTRAINT uq_yq_journal_line UNIQUE (entry_key, line_no),
  CONSTRAINT ck_yq_journal_line_side CHECK (side IN (N'debit', N'credit'))
);
GO

IF OBJECT_ID(N'yq_journal_reversal') IS NULL
CREATE TABLE yq_journal_reversal (
  id BIGINT IDENTITY(1,1) NOT NULL,
  entry_key NVARCHAR(50) COLLATE Latin1_General_BIN2 NOT NULL,
  reverses_key NVARCHAR(50) COLLATE Latin1_General_BIN2 NOT NULL,
  reverses_date DATE NOT NULL,
  reverses_voucher_type NVARCHAR(20) NOT NULL CONSTRAINT df_yq_journal_reversal_reverses_voucher_type DEFAULT N'',
  reverses_voucher_no NVARCHAR(60) NOT NULL CONSTRAINT df_yq_journal_reversal_reverses_voucher_no DEFAULT N'',
  reason NVARCHAR(500) NOT NULL CONSTRAINT df_yq_journal_reversal_reason DEFAULT N'',
  created_at DATETIME2(3) NOT NULL CONSTRAINT df_yq_journal_reversal_created_at DEFAULT SYSUTCDATETIME(),
  CONSTRAINT pk_yq_journal_reversal PRIMARY KEY (id),
  CONSTRAINT uq_yq_journal_reversal UNIQUE (entry_key),
  CONSTRAINT uq_yq_journal_reversal_of UNIQUE (reverses_key)
);
GO

IF OBJECT_ID(N'yq_collection') IS NULL
CREATE TABLE yq_collection (
  id BIGINT IDENTITY(1,1) NOT NULL,
  collection_key NVARCHAR(120) COLLATE Latin1_General_BIN2 NOT NULL,
  line_key NVARCHAR(120) COLLATE Latin1_General_BIN2 NOT NULL,
  account_set NVARCHAR(20) NOT NULL CONSTRAINT df_yq_collection_account_set DEFAULT N'',
  account NVARCHAR(40) NOT NULL,
  booked_on DATE NOT NULL,
  booked_time NVARCHAR(8) NOT NULL CONSTRAINT df_yq_collection_booked_time DEFAULT N'',
  amount DECIMAL(19,4) NOT NULL,
  currency NVARCHAR(10) NOT NULL,
  counter_account NVARCHAR(60) NOT NULL CONSTRAINT df_yq_collection_counter_account DEFAULT N'',
  counter_name NVARCHAR(200) NOT NULL CONSTRAINT df_yq_collection_counter_name DEFAULT N'',
  counter_bank NVARCHAR(200) NOT NULL CONSTRAINT df_yq_collection_counter_bank DEFAULT N'',
  purpose NVARCHAR(500) NOT NULL CONSTRAINT df_yq_collection_purpose DEFAULT N'',
  line_text NVARCHAR(1000) NOT NULL CONSTRAINT df_yq_collection_line_text DEFAULT N'',
  bank_serial NVARCHAR(100) NOT NULL CONSTRAINT df_yq_collection_bank_serial DEFAULT N'',
  offered_at DATETIME2(3) NOT NULL,
  request NVARCHAR(10) NOT NULL CONSTRAINT df_yq_collection_request DEFAULT N'',
  customer_code NVARCHAR(60) NOT NULL CONSTRAINT df_yq_collection_customer_code DEFAULT N'',
  document_no NVARCHAR(60) NOT NULL CONSTRAINT df_yq_collection_document_no DEFAULT N'',
  claim_split NVARCHAR(1000) NOT NULL CONSTRAINT df_yq_collection_claim_split DEFAULT N'',
  claimed_by NVARCHAR(60) NOT NULL CONSTRAINT df_yq_collection_claimed_by DEFAULT N'',
  claim_no INT NOT NULL CONSTRAINT df_yq_collection_claim_no DEFAULT 0,
  answered_no INT NOT NULL CONSTRAINT df_yq_collection_answered_no DEFAULT 0,
  status NVARCHAR(12) NOT NULL CONSTRAINT df_yq_collection_status DEFAULT N'open',
  status_text NVARCHAR(500) NOT NULL CONSTRAINT df_yq_collection_status_text DEFAULT N'',
  status_seq BIGINT NOT NULL CONSTRAINT df_yq_collection_status_seq DEFAULT 0,
  entry_key NVARCHAR(50) NOT NULL CONSTRAINT df_yq_collection_entry_key DEFAULT N'',
  updated_at DATETIME2(3),
  CONSTRAINT pk_yq_collection PRIMARY KEY (id),
  CONSTRAINT uq_yq_collection UNIQUE (collection_key)
);
GO

IF OBJECT_ID(N'yq_ledger') IS NULL
CREATE TABLE yq_ledger (
  id BIGINT IDENTITY(1,1) NOT NULL,
  line_id NVARCHAR(100) COLLATE Latin1_General_BIN2 NOT NULL,
  ledger_account NVARCHAR(40) NOT NULL,
  booked_on DATE NOT NULL,
  amount DECIMAL(19,4) NOT NULL,
  currency NVARCHAR(10) NOT NULL,
  reference NVARCHAR(100) NOT NULL CONSTRAINT df_yq_ledger_reference DEFAULT N'',
  counterparty NVARCHAR(200) NOT NULL CONSTRAINT df_yq_ledger_counterparty DEFAULT N'',
  line_text NVARCHAR(500) NOT NULL CONSTRAINT df_yq_ledger_line_text DEFAULT N'',
  voucher_no NVARCHAR(60) NOT NULL CONSTRAINT df_yq_ledger_voucher_no DEFAULT N'',
  entry_key NVARCHAR(50) NOT NULL CONSTRAINT df_yq_ledger_entry_key DEFAULT N'',
  CONSTRAINT pk_yq_ledger PRIMARY KEY (id),
  CONSTRAINT uq_yq_ledger UNIQUE (line_id)
);
GO

IF OBJECT_ID(N'yq_command') IS NULL
CREATE TABLE yq_command (
  id BIGINT IDENTITY(1,1) NOT NULL,
  command NVARCHAR(40) NOT NULL,
  account NVARCHAR(40) NOT NULL CONSTRAINT df_yq_command_account DEFAULT N'',
  date_from DATE,
  date_to DATE,
  requested_by NVARCHAR(60) NOT NULL CONSTRAINT df_yq_command_requested_by DEFAULT N'',
  created_at DATETIME2(3) NOT NULL CONSTRAINT df_yq_command_created_at DEFAULT SYSUTCDATETIME(),
  status NVARCHAR(12) NOT NULL CONSTRAINT df_yq_command_status DEFAULT N'new',
  answer NVARCHAR(500) NOT NULL CONSTRAINT df_yq_command_answer DEFAULT N'',
  answered_at DATETIME2(3),
  taken_at DATETIME2(3),
  taken_by NVARCHAR(100) NOT NULL CONSTRAINT df_yq_command_taken_by DEFAULT N'',
  CONSTRAINT pk_yq_command PRIMARY KEY (id)
);
GO

IF OBJECT_ID(N'yq_heartbeat') IS NULL
CREATE TABLE yq_heartbeat (
  instance NVARCHAR(100) COLLATE Latin1_General_BIN2 NOT NULL,
  bridge NVARCHAR(60) NOT NULL CONSTRAINT df_yq_heartbeat_bridge DEFAULT N'',
  version NVARCHAR(40) NOT NULL CONSTRAINT df_yq_heartbeat_version DEFAULT N'',
  started_at DATETIME2(3),
  polled_at DATETIME2(3),
  polls BIGINT NOT NULL CONSTRAINT df_yq_heartbeat_polls DEFAULT 0,
  CONSTRAINT pk_yq_heartbeat PRIMARY KEY (instance)
);
GO

IF OBJECT_ID(N'yq_payment_archive') IS NULL
CREATE TABLE yq_payment_archive (
  id BIGINT NOT NULL,
  source_system NVARCHAR(20) COLLATE Latin1_General_BIN2 NOT NULL,
  account_set NVARCHAR(20) COLLATE Latin1_General_BIN2 NOT NULL,
  doc_type NVARCHAR(20) COLLATE Latin1_General_BIN2 NOT NULL,
  doc_no NVARCHAR(60) COLLATE Latin1_General_BIN2 NOT NULL,
  doc_line INT NOT NULL,
  revision INT NOT NULL,
  company_code NVARCHAR(40) NOT NULL,
  payer_account NVARCHAR(40) NOT NULL,
  payer_name NVARCHAR(200) NOT NULL,
  payee_account NVARCHAR(60) NOT NULL,
  payee_name NVARCHAR(200) NOT NULL,
  payee_bank_name NVARCHAR(200) NOT NULL,
  payee_bank_code NVARCHAR(20) NOT NULL,
  payee_kind NVARCHAR(4) NOT NULL,
  payee_province NVARCHAR(40) NOT NULL,
  payee_city NVARCHAR(40) NOT NULL,
  amount DECIMAL(19,4) NOT NULL,
  currency NVARCHAR(10) NOT NULL,
  purpose NVARCHAR(200) NOT NULL,
  postscript NVARCHAR(200) NOT NULL,
  business_type NVARCHAR(40) NOT NULL,
  requested_on DATE,
  urgency NVARCHAR(10) NOT NULL,
  batch_no NVARCHAR(60) NOT NULL,
  maker NVARCHAR(60) NOT NULL,
  checker NVARCHAR(60) NOT NULL,
  request NVARCHAR(10) NOT NULL,
  created_at DATETIME2(3) NOT NULL,
  status NVARCHAR(12) NOT NULL,
  status_text NVARCHAR(500) NOT NULL,
  status_seq BIGINT NOT NULL,
  error_code NVARCHAR(60) NOT NULL,
  bank_reference NVARCHAR(60) NOT NULL,
  bank_serial NVARCHAR(100) NOT NULL,
  settled_at DATETIME2(3),
  receipt_no NVARCHAR(100) NOT NULL,
  updated_at DATETIME2(3),
  taken_at DATETIME2(3),
  taken_by NVARCHAR(100) NOT NULL,
  cancel_taken_at DATETIME2(3),
  archived_at DATETIME2(3) NOT NULL,
  CONSTRAINT pk_yq_payment_archive PRIMARY KEY (id)
);
GO

IF OBJECT_ID(N'yq_payment_event_archive') IS NULL
CREATE TABLE yq_payment_event_archive (
  id BIGINT NOT NULL,
  source_system NVARCHAR(20) COLLATE Latin1_General_BIN2 NOT NULL,
  account_set NVARCHAR(20) COLLATE Latin1_General_BIN2 NOT NULL,
  doc_type NVARCHAR(20) COLLATE Latin1_General_BIN2 NOT NULL,
  doc_no NVARCHAR(60) COLLATE Latin1_General_BIN2 NOT NULL,
  doc_line INT NOT NULL,
  revision INT NOT NULL,
  seq BIGINT NOT NULL,
  status NVARCHAR(12) NOT NULL,
  status_text NVARCHAR(500) NOT NULL,
  cause NVARCHAR(60) NOT NULL,
  error_code NVARCHAR(60) NOT NULL,
  bank_reference NVARCHAR(60) NOT NULL,
  bank_serial NVARCHAR(100) NOT NULL,
  happened_at DATETIME2(3) NOT NULL,
  created_at DATETIME2(3) NOT NULL,
  archived_at DATETIME2(3) NOT NULL,
  CONSTRAINT pk_yq_payment_event_archive PRIMARY KEY (id)
);
GO

-- Polling costs the same with ten rows or ten million settled ones: what is answered is outside these indexes
-- (SQL Server: at their other end). 轮询成本与历史行数无关：已答复的行不在这些索引的查找范围内。

-- Not filtered indexes: those refuse every write of a session with QUOTED_IDENTIFIER OFF, as old ERP drivers and
-- plain sqlcmd have it (error 1934). A seek on the status costs the same. 不用筛选索引：QUOTED_IDENTIFIER OFF 的老驱动会写入失败。

IF NOT EXISTS (SELECT 1 FROM sys.indexes WHERE name = N'ix_yq_payment_new' AND object_id = OBJECT_ID(N'yq_payment'))
CREATE INDEX ix_yq_payment_new ON yq_payment (status, id);
GO
IF NOT EXISTS (SELECT 1 FROM sys.indexes WHERE name = N'ix_yq_payment_cancel' AND object_id = OBJECT_ID(N'yq_payment'))
CREATE INDEX ix_yq_payment_cancel ON yq_payment (request, cancel_taken_at, id);
GO
IF NOT EXISTS (SELECT 1 FROM sys.indexes WHERE name = N'ix_yq_journal_voucher' AND object_id = OBJECT_ID(N'yq_journal'))
CREATE INDEX ix_yq_journal_voucher ON yq_journal (voucher_taken_at, voucher_no, id);
GO
IF NOT EXISTS (SELECT 1 FROM sys.indexes WHERE name = N'ix_yq_command_new' AND object_id = OBJECT_ID(N'yq_command'))
CREATE INDEX ix_yq_command_new ON yq_command (status, id);
GO
IF NOT EXISTS (SELECT 1 FROM sys.indexes WHERE name = N'ix_yq_payment_updated' AND object_id = OBJECT_ID(N'yq_payment'))
CREATE INDEX ix_yq_payment_updated ON yq_payment (updated_at);
GO
IF NOT EXISTS (SELECT 1 FROM sys.indexes WHERE name = N'ix_yq_statement_line_day' AND object_id = OBJECT_ID(N'yq_statement_line'))
CREATE INDEX ix_yq_statement_line_day ON yq_statement_line (account, booked_on);
GO
IF NOT EXISTS (SELECT 1 FROM sys.indexes WHERE name = N'ix_yq_balance_account' AND object_id = OBJECT_ID(N'yq_balance'))
CREATE INDEX ix_yq_balance_account ON yq_balance (account, as_of);
GO
IF NOT EXISTS (SELECT 1 FROM sys.indexes WHERE name = N'ix_yq_receipt_line' AND object_id = OBJECT_ID(N'yq_receipt'))
CREATE INDEX ix_yq_receipt_line ON yq_receipt (line_key);
GO
IF NOT EXISTS (SELECT 1 FROM sys.indexes WHERE name = N'ix_yq_ledger_day' AND object_id = OBJECT_ID(N'yq_ledger'))
CREATE INDEX ix_yq_ledger_day ON yq_ledger (ledger_account, booked_on);
GO
IF NOT EXISTS (SELECT 1 FROM sys.indexes WHERE name = N'ix_yq_collection_status' AND object_id = OBJECT_ID(N'yq_collection'))
CREATE INDEX ix_yq_collection_status ON yq_collection (status, id);
GO
IF NOT EXISTS (SELECT 1 FROM sys.indexes WHERE name = N'ix_yq_collection_line' AND object_id = OBJECT_ID(N'yq_collection'))
CREATE INDEX ix_yq_collection_line ON yq_collection (line_key);
GO
IF NOT EXISTS (SELECT 1 FROM sys.indexes WHERE name = N'ix_yq_payment_archive_key' AND object_id = OBJECT_ID(N'yq_payment_archive'))
CREATE INDEX ix_yq_payment_archive_key ON yq_payment_archive (source_system, account_set, doc_type, doc_no, doc_line, revision);
GO

-- Comments are extended properties; a temporary procedure keeps the list readable. 注释为扩展属性。
IF OBJECT_ID(N'tempdb..#yq_comment') IS NOT NULL DROP PROCEDURE #yq_comment;
GO
CREATE PROCEDURE #yq_comment (@table sysname, @column sysname, @text NVARCHAR(1000)) AS
BEGIN
  DECLARE @schema sysname = OBJECT_SCHEMA_NAME(OBJECT_ID(@table));
  DECLARE @level sysname = CASE WHEN @column IS NULL THEN NULL ELSE N'COLUMN' END;
  IF EXISTS (SELECT 1 FROM sys.extended_properties WHERE class = 1 AND name = N'MS_Description'
      AND major_id = OBJECT_ID(@table)
      AND minor_id = ISNULL(COLUMNPROPERTY(OBJECT_ID(@table), @column, 'ColumnId'), 0))
    EXEC sys.sp_dropextendedproperty N'MS_Description', N'SCHEMA', @schema, N'TABLE', @table, @level, @column;
  EXEC sys.sp_addextendedproperty N'MS_Description', @text, N'SCHEMA', @schema, N'TABLE', @table, @level, @column;
END;
GO
EXEC #yq_comment N'yq_payment', NULL, N'付款申请：一行一笔付款；未取走前 ERP 可改，取走后冻结 / payments asked for: one row each; the ERP may change it until it is taken, then it is frozen';
EXEC #yq_comment N'yq_payment', N'id', N'流水号 / row number [数据库 database]';
EXEC #yq_comment N'yq_payment', N'source_system', N'来源系统，如 U8、SAP / source system, e.g. U8, SAP [ERP]';
EXEC #yq_comment N'yq_payment', N'account_set', N'账套 / account set [ERP]';
EXEC #yq_comment N'yq_payment', N'doc_type', N'单据类型：AP49 付款单、GL 凭证、WA 工资等 / document type: AP49 payment, GL voucher, WA payroll, ... [ERP]';
EXEC #yq_comment N'yq_payment', N'doc_no', N'单据号 / document number [ERP]';
EXEC #yq_comment N'yq_payment', N'doc_line', N'单据行号，无行号填 1 / line of the document, 1 when it has none [ERP]';
EXEC #yq_comment N'yq_payment', N'revision', N'申请版次，从 1 起；失败、退票、撤销或无效后以新版次重新申请 / revision of the request, from 1; asked again as a later one after failed, returned, cancelled or invalid [ERP]';
EXEC #yq_comment N'yq_payment', N'company_code', N'公司代码 / company code [ERP]';
EXEC #yq_comment N'yq_payment', N'payer_account', N'付款账号 / account that pays [ERP]';
EXEC #yq_comment N'yq_payment', N'payer_name', N'付款户名 / name of the account that pays [ERP]';
EXEC #yq_comment N'yq_payment', N'payee_account', N'收款账号 / account that is paid [ERP]';
EXEC #yq_comment N'yq_payment', N'payee_name', N'收款户名 / name of the payee [ERP]';
EXEC #yq_comment N'yq_payment', N'payee_bank_name', N'收款开户行名称 / bank of the payee [ERP]';
EXEC #yq_comment N'yq_payment', N'payee_bank_code', N'收款行联行号 CNAPS，12 位数字 / CNAPS code of the bank of the payee, 12 digits [ERP]';
EXEC #yq_comment N'yq_payment', N'payee_kind', N'收款方类型：C 对公，P 对私 / payee is C a company, P a person [ERP]';
EXEC #yq_comment N'yq_payment', N'payee_province', N'收款方省份 / province of the payee [ERP]';
EXEC #yq_comment N'yq_payment', N'payee_city', N'收款方城市 / city of the payee [ERP]';
EXEC #yq_comment N'yq_payment', N'amount', N'金额，元；必须符合币种的小数位数，否则拒绝 / amount in major units; exact in the decimals of the currency, or refused [ERP]';
EXEC #yq_comment N'yq_payment', N'currency', N'币种，ISO 4217，人民币为 CNY / currency, ISO 4217, renminbi is CNY [ERP]';
EXEC #yq_comment N'yq_payment', N'purpose', N'用途 / purpose [ERP]';
EXEC #yq_comment N'yq_payment', N'postscript', N'附言 / postscript [ERP]';
EXEC #yq_comment N'yq_payment', N'business_type', N'业务类型：supplier 供应商、payroll 工资、expense 报销、transfer 调拨、tax 税款等 / business type: supplier, payroll, expense, transfer, tax, ... [ERP]';
EXEC #yq_comment N'yq_payment', N'requested_on', N'期望付款日期，北京时间 / day on which to pay, Asia-Shanghai [ERP]';
EXEC #yq_comment N'yq_payment', N'urgency', N'normal 普通，urgent 加急 / normal or urgent [ERP]';
EXEC #yq_comment N'yq_payment', N'batch_no', N'批次号 / batch number [ERP]';
EXEC #yq_comment N'yq_payment', N'maker', N'制单人 / maker [ERP]';
EXEC #yq_comment N'yq_payment', N'checker', N'审核人 / checker [ERP]';
EXEC #yq_comment N'yq_payment', N'request', N'请求：pay 付款，cancel 撤销（取走后唯一允许的修改） / pay, or cancel to withdraw (the only change allowed once taken) [ERP]';
EXEC #yq_comment N'yq_payment', N'created_at', N'写入时间，UTC / when it was written, UTC [ERP]';
EXEC #yq_comment N'yq_payment', N'status', N'状态：new 新、held 待审批、ready 待发送、sending 发送中、accepted 银行已受理、unknown 结果未明、settled 支付成功、failed 支付失败、returned 退票、cancelled 已撤销、invalid 无效 / status: new, held, ready, sending, accepted, unknown, settled, failed, returned, cancelled, invalid [连接器 connector]';
EXEC #yq_comment N'yq_payment', N'status_text', N'状态说明 / status in words [连接器 connector]';
EXEC #yq_comment N'yq_payment', N'status_seq', N'状态序号，只增不减 / rises with every status, never falls [连接器 connector]';
EXEC #yq_comment N'yq_payment', N'error_code', N'错误码 / error code [连接器 connector]';
EXEC #yq_comment N'yq_payment', N'bank_reference', N'发给银行的参考号 / our reference at the bank [连接器 connector]';
EXEC #yq_comment N'yq_payment', N'bank_serial', N'银行流水号 / serial number of the bank [连接器 connector]';
EXEC #yq_comment N'yq_payment', N'settled_at', N'支付成功时间，UTC / when it was settled, UTC [连接器 connector]';
EXEC #yq_comment N'yq_payment', N'receipt_no', N'电子回单号 / receipt number [连接器 connector]';
EXEC #yq_comment N'yq_payment', N'updated_at', N'状态更新时间，UTC / when the status changed, UTC [连接器 connector]';
EXEC #yq_comment N'yq_payment', N'taken_at', N'取走时间，UTC；非空即冻结 / when it was taken, UTC; frozen from then on [连接器 connector]';
EXEC #yq_comment N'yq_payment', N'taken_by', N'取走的连接器实例 / instance that took it [连接器 connector]';
EXEC #yq_comment N'yq_payment', N'cancel_taken_at', N'撤销请求收妥时间，UTC / when the withdrawal was received for good, UTC [连接器 connector]';
EXEC #yq_comment N'yq_payment_event', NULL, N'付款状态流水：每一步一行，只增不改 / every step of every payment: append only';
EXEC #yq_comment N'yq_payment_event', N'id', N'流水号 / row number [数据库 database]';
EXEC #yq_comment N'yq_payment_event', N'source_system', N'来源系统，如 U8、SAP / source system, e.g. U8, SAP [连接器 connector]';
EXEC #yq_comment N'yq_payment_event', N'account_set', N'账套 / account set [连接器 connector]';
EXEC #yq_comment N'yq_payment_event', N'doc_type', N'单据类型：AP49 付款单、GL 凭证、WA 工资等 / document type: AP49 payment, GL voucher, WA payroll, ... [连接器 connector]';
EXEC #yq_comment N'yq_payment_event', N'doc_no', N'单据号 / document number [连接器 connector]';
EXEC #yq_comment N'yq_payment_event', N'doc_line', N'单据行号，无行号填 1 / line of the document, 1 when it has none [连接器 connector]';
EXEC #yq_comment N'yq_payment_event', N'revision', N'申请版次，从 1 起；失败、退票、撤销或无效后以新版次重新申请 / revision of the request, from 1; asked again as a later one after failed, returned, cancelled or invalid [连接器 connector]';
EXEC #yq_comment N'yq_payment_event', N'seq', N'状态序号 / sequence of the status [连接器 connector]';
EXEC #yq_comment N'yq_payment_event', N'status', N'状态 / status [连接器 connector]';
EXEC #yq_comment N'yq_payment_event', N'status_text', N'状态说明 / status in words [连接器 connector]';
EXEC #yq_comment N'yq_payment_event', N'cause', N'原因 / what caused it [连接器 connector]';
EXEC #yq_comment N'yq_payment_event', N'error_code', N'错误码 / error code [连接器 connector]';
EXEC #yq_comment N'yq_payment_event', N'bank_reference', N'发给银行的参考号 / our reference at the bank [连接器 connector]';
EXEC #yq_comment N'yq_payment_event', N'bank_serial', N'银行流水号 / serial number of the bank [连接器 connector]';
EXEC #yq_comment N'yq_payment_event', N'happened_at', N'发生时间，UTC / when it happened, UTC [连接器 connector]';
EXEC #yq_comment N'yq_payment_event', N'created_at', N'写入时间，UTC / when it was written, UTC [连接器 connector]';
EXEC #yq_comment N'yq_statement_line', NULL, N'银行流水明细：每笔一行 / bank statement lines: each once';
EXEC #yq_comment N'yq_statement_line', N'id', N'流水号 / row number [数据库 database]';
EXEC #yq_comment N'yq_statement_line', N'line_key', N'明细唯一键 / key of the line [连接器 connector]';
EXEC #yq_comment N'yq_statement_line', N'account', N'银行账号 / bank account [连接器 connector]';
EXEC #yq_comment N'yq_statement_line', N'bank_line_id', N'银行明细编号 / id of the line at the bank [连接器 connector]';
EXEC #yq_comment N'yq_statement_line', N'booked_on', N'记账日期，北京时间 / day booked, Asia-Shanghai [连接器 connector]';
EXEC #yq_comment N'yq_statement_line', N'booked_time', N'记账时间 HH:mm:ss，北京时间 / time booked, Asia-Shanghai [连接器 connector]';
EXEC #yq_comment N'yq_statement_line', N'value_on', N'起息日 / value date [连接器 connector]';
EXEC #yq_comment N'yq_statement_line', N'amount', N'金额，账户角度：支出为负 / amount from the view of the account: money out is negative [连接器 connector]';
EXEC #yq_comment N'yq_statement_line', N'currency', N'币种 / currency [连接器 connector]';
EXEC #yq_comment N'yq_statement_line', N'balance_after', N'交易后余额 / balance after the line [连接器 connector]';
EXEC #yq_comment N'yq_statement_line', N'counter_account', N'对方账号 / account of the counterparty [连接器 connector]';
EXEC #yq_comment N'yq_statement_line', N'counter_name', N'对方户名 / name of the counterparty [连接器 connector]';
EXEC #yq_comment N'yq_statement_line', N'counter_bank', N'对方行名 / bank of the counterparty [连接器 connector]';
EXEC #yq_comment N'yq_statement_line', N'purpose', N'用途 / purpose [连接器 connector]';
EXEC #yq_comment N'yq_statement_line', N'line_text', N'摘要附言 / text [连接器 connector]';
EXEC #yq_comment N'yq_statement_line', N'bank_reference', N'我方参考号 / our reference as the bank carried it [连接器 connector]';
EXEC #yq_comment N'yq_statement_line', N'bank_serial', N'银行流水号 / serial number of the bank [连接器 connector]';
EXEC #yq_comment N'yq_statement_line', N'is_reversal', N'冲正或退汇 / takes back an earlier line [连接器 connector]';
EXEC #yq_comment N'yq_statement_line', N'line_type', N'银行交易类型 / transaction type of the bank [连接器 connector]';
EXEC #yq_comment N'yq_statement_line', N'paid_source_system', N'所付单据：来源系统，如 U8、SAP / document it belongs to: source system, e.g. U8, SAP [连接器 connector]';
EXEC #yq_comment N'yq_statement_line', N'paid_account_set', N'所付单据：账套 / document it belongs to: account set [连接器 connector]';
EXEC #yq_comment N'yq_statement_line', N'paid_doc_type', N'所付单据：单据类型：AP49 付款单、GL 凭证、WA 工资等 / document it belongs to: document type: AP49 payment, GL voucher, WA payroll, ... [连接器 connector]';
EXEC #yq_comment N'yq_statement_line', N'paid_doc_no', N'所付单据：单据号 / document it belongs to: document number [连接器 connector]';
EXEC #yq_comment N'yq_statement_line', N'paid_doc_line', N'所付单据：单据行号，无行号填 1 / document it belongs to: line of the document, 1 when it has none [连接器 connector]';
EXEC #yq_comment N'yq_statement_line', N'paid_revision', N'所付单据：申请版次，从 1 起；失败、退票、撤销或无效后以新版次重新申请 / document it belongs to: revision of the request, from 1; asked again as a later one after failed, returned, cancelled or invalid [连接器 connector]';
EXEC #yq_comment N'yq_statement_line', N'imported_at', N'导入时间，UTC / when it was imported, UTC [连接器 connector]';
EXEC #yq_comment N'yq_statement_withdrawal', NULL, N'流水撤回：银行更正或撤销、由具名的人撤回或恢复的明细 / bank lines that a named person withdrew or restored, because the bank changed or took back what it said';
EXEC #yq_comment N'yq_statement_withdrawal', N'id', N'流水号 / row number [数据库 database]';
EXEC #yq_comment N'yq_statement_withdrawal', N'line_key', N'明细唯一键，即 yq_statement_line.line_key / key of the line in yq_statement_line [连接器 connector]';
EXEC #yq_comment N'yq_statement_withdrawal', N'turn', N'次序，从 1 起：最大者为现状 / counts from 1: the greatest says how it is now [连接器 connector]';
EXEC #yq_comment N'yq_statement_withdrawal', N'state', N'withdrawn 已撤回、restored 已恢复 / withdrawn, restored [连接器 connector]';
EXEC #yq_comment N'yq_statement_withdrawal', N'person', N'经手人 / who [连接器 connector]';
EXEC #yq_comment N'yq_statement_withdrawal', N'reason', N'理由 / why [连接器 connector]';
EXEC #yq_comment N'yq_statement_withdrawal', N'happened_at', N'时间，UTC / when, UTC [连接器 connector]';
EXEC #yq_comment N'yq_balance', NULL, N'账户余额 / account balances';
EXEC #yq_comment N'yq_balance', N'id', N'流水号 / row number [数据库 database]';
EXEC #yq_comment N'yq_balance', N'balance_key', N'余额唯一键 / key of the balance [连接器 connector]';
EXEC #yq_comment N'yq_balance', N'account', N'银行账号 / bank account [连接器 connector]';
EXEC #yq_comment N'yq_balance', N'as_of', N'银行时点，北京时间 / time at the bank, Asia-Shanghai [连接器 connector]';
EXEC #yq_comment N'yq_balance', N'currency', N'币种 / currency [连接器 connector]';
EXEC #yq_comment N'yq_balance', N'current_amount', N'当前余额 / current balance [连接器 connector]';
EXEC #yq_comment N'yq_balance', N'available_amount', N'可用余额 / available balance [连接器 connector]';
EXEC #yq_comment N'yq_balance', N'frozen_amount', N'冻结金额 / frozen amount [连接器 connector]';
EXEC #yq_comment N'yq_balance', N'previous_day_amount', N'上日余额 / closing balance of the previous day [连接器 connector]';
EXEC #yq_comment N'yq_balance', N'fetched_at', N'取得时间，UTC / when it was fetched, UTC [连接器 connector]';
EXEC #yq_comment N'yq_receipt', NULL, N'电子回单 / bank receipts';
EXEC #yq_comment N'yq_receipt', N'id', N'流水号 / row number [数据库 database]';
EXEC #yq_comment N'yq_receipt', N'receipt_key', N'回单唯一键 / key of the receipt [连接器 connector]';
EXEC #yq_comment N'yq_receipt', N'account', N'银行账号 / bank account [连接器 connector]';
EXEC #yq_comment N'yq_receipt', N'line_key', N'对应明细的唯一键 / key of its statement line [连接器 connector]';
EXEC #yq_comment N'yq_receipt', N'receipt_no', N'回单号 / receipt number [连接器 connector]';
EXEC #yq_comment N'yq_receipt', N'media_type', N'文件类型 / media type [连接器 connector]';
EXEC #yq_comment N'yq_receipt', N'digest', N'文件摘要 / digest of the file [连接器 connector]';
EXEC #yq_comment N'yq_receipt', N'paid_source_system', N'所付单据：来源系统，如 U8、SAP / document it belongs to: source system, e.g. U8, SAP [连接器 connector]';
EXEC #yq_comment N'yq_receipt', N'paid_account_set', N'所付单据：账套 / document it belongs to: account set [连接器 connector]';
EXEC #yq_comment N'yq_receipt', N'paid_doc_type', N'所付单据：单据类型：AP49 付款单、GL 凭证、WA 工资等 / document it belongs to: document type: AP49 payment, GL voucher, WA payroll, ... [连接器 connector]';
EXEC #yq_comment N'yq_receipt', N'paid_doc_no', N'所付单据：单据号 / document it belongs to: document number [连接器 connector]';
EXEC #yq_comment N'yq_receipt', N'paid_doc_line', N'所付单据：单据行号，无行号填 1 / document it belongs to: line of the document, 1 when it has none [连接器 connector]';
EXEC #yq_comment N'yq_receipt', N'paid_revision', N'所付单据：申请版次，从 1 起；失败、退票、撤销或无效后以新版次重新申请 / document it belongs to: revision of the request, from 1; asked again as a later one after failed, returned, cancelled or invalid [连接器 connector]';
EXEC #yq_comment N'yq_receipt', N'fetched_at', N'取得时间，UTC / when it was fetched, UTC [连接器 connector]';
EXEC #yq_comment N'yq_journal', NULL, N'记账凭证：供 ERP 导入，ERP 回写凭证号 / journal entries for the ERP to import; it writes its voucher number back';
EXEC #yq_comment N'yq_journal', N'id', N'流水号 / row number [数据库 database]';
EXEC #yq_comment N'yq_journal', N'entry_key', N'凭证唯一键 / key of the entry [连接器 connector]';
EXEC #yq_comment N'yq_journal', N'account_set', N'账套 / account set [连接器 connector]';
EXEC #yq_comment N'yq_journal', N'voucher_date', N'凭证日期 / voucher date [连接器 connector]';
EXEC #yq_comment N'yq_journal', N'voucher_type', N'凭证类别字 / voucher type [连接器 connector]';
EXEC #yq_comment N'yq_journal', N'summary', N'摘要 / summary [连接器 connector]';
EXEC #yq_comment N'yq_journal', N'maker', N'制单人 / maker [连接器 connector]';
EXEC #yq_comment N'yq_journal', N'paid_source_system', N'所付单据：来源系统，如 U8、SAP / document it belongs to: source system, e.g. U8, SAP [连接器 connector]';
EXEC #yq_comment N'yq_journal', N'paid_account_set', N'所付单据：账套 / document it belongs to: account set [连接器 connector]';
EXEC #yq_comment N'yq_journal', N'paid_doc_type', N'所付单据：单据类型：AP49 付款单、GL 凭证、WA 工资等 / document it belongs to: document type: AP49 payment, GL voucher, WA payroll, ... [连接器 connector]';
EXEC #yq_comment N'yq_journal', N'paid_doc_no', N'所付单据：单据号 / document it belongs to: document number [连接器 connector]';
EXEC #yq_comment N'yq_journal', N'paid_doc_line', N'所付单据：单据行号，无行号填 1 / document it belongs to: line of the document, 1 when it has none [连接器 connector]';
EXEC #yq_comment N'yq_journal', N'paid_revision', N'所付单据：申请版次，从 1 起；失败、退票、撤销或无效后以新版次重新申请 / document it belongs to: revision of the request, from 1; asked again as a later one after failed, returned, cancelled or invalid [连接器 connector]';
EXEC #yq_comment N'yq_journal', N'rule_name', N'生成规则 / rule that made it [连接器 connector]';
EXEC #yq_comment N'yq_journal', N'created_at', N'写入时间，UTC / when it was written, UTC [连接器 connector]';
EXEC #yq_comment N'yq_journal', N'voucher_no', N'ERP 凭证号 / voucher number of the ERP [ERP]';
EXEC #yq_comment N'yq_journal', N'imported_at', N'ERP 导入时间，UTC / when the ERP imported it, UTC [ERP]';
EXEC #yq_comment N'yq_journal', N'voucher_taken_at', N'凭证号收妥时间，UTC / when the voucher number was received for good, UTC [连接器 connector]';
EXEC #yq_comment N'yq_journal', N'refusal_code', N'拒绝码，空为未被拒 / code of the refusal, empty when not refused [连接器 connector]';
EXEC #yq_comment N'yq_journal', N'refusal_text', N'拒绝原因与处理办法 / why it was refused and what to do [连接器 connector]';
EXEC #yq_comment N'yq_journal', N'refused_at', N'被拒时间，UTC / when it was refused, UTC [连接器 connector]';
EXEC #yq_comment N'yq_journal_line', NULL, N'记账凭证分录：借贷相等 / lines of journal entries: debits equal credits';
EXEC #yq_comment N'yq_journal_line', N'id', N'流水号 / row number [数据库 database]';
EXEC #yq_comment N'yq_journal_line', N'entry_key', N'凭证唯一键 / key of the entry [连接器 connector]';
EXEC #yq_comment N'yq_journal_line', N'line_no', N'行号，从 1 起 / line number, from 1 [连接器 connector]';
EXEC #yq_comment N'yq_journal_line', N'account', N'科目编码 / ledger account [连接器 connector]';
EXEC #yq_comment N'yq_journal_line', N'side', N'debit 借，credit 贷 / debit or credit [连接器 connector]';
EXEC #yq_comment N'yq_journal_line', N'amount', N'金额 / amount [连接器 connector]';
EXEC #yq_comment N'yq_journal_line', N'currency', N'币种 / currency [连接器 connector]';
EXEC #yq_comment N'yq_journal_line', N'summary', N'摘要 / summary [连接器 connector]';
EXEC #yq_comment N'yq_journal_line', N'supplier', N'供应商 / supplier [连接器 connector]';
EXEC #yq_comment N'yq_journal_line', N'customer', N'客户 / customer [连接器 connector]';
EXEC #yq_comment N'yq_journal_line', N'department', N'部门 / department [连接器 connector]';
EXEC #yq_comment N'yq_journal_line', N'person', N'个人 / person [连接器 connector]';
EXEC #yq_comment N'yq_journal_line', N'item_class', N'项目大类 / item class [连接器 connector]';
EXEC #yq_comment N'yq_journal_line', N'item', N'项目 / item [连接器 connector]';
EXEC #yq_comment N'yq_journal_line', N'cash_flow_item', N'现金流量项目 / cash flow item [连接器 connector]';
EXEC #yq_comment N'yq_journal_line', N'settlement_style', N'结算方式 / settlement style [连接器 connector]';
EXEC #yq_comment N'yq_journal_line', N'settlement_number', N'结算号 / settlement number [连接器 connector]';
EXEC #yq_comment N'yq_journal_line', N'settlement_date', N'结算日期 / settlement date [连接器 connector]';
EXEC #yq_comment N'yq_journal_reversal', NULL, N'凭证冲销关系：红字凭证所冲销的凭证；红字凭证的金额为负 / which entry a red entry takes back; the amounts of a red entry are negative';
EXEC #yq_comment N'yq_journal_reversal', N'id', N'流水号 / row number [数据库 database]';
EXEC #yq_comment N'yq_journal_reversal', N'entry_key', N'红字凭证的唯一键 / key of the red entry [连接器 connector]';
EXEC #yq_comment N'yq_journal_reversal', N'reverses_key', N'被冲销凭证的唯一键 / key of the entry that is taken back [连接器 connector]';
EXEC #yq_comment N'yq_journal_reversal', N'reverses_date', N'被冲销凭证的日期 / date of the entry that is taken back [连接器 connector]';
EXEC #yq_comment N'yq_journal_reversal', N'reverses_voucher_type', N'被冲销凭证的类别字 / its voucher type [连接器 connector]';
EXEC #yq_comment N'yq_journal_reversal', N'reverses_voucher_no', N'被冲销凭证的 ERP 凭证号，未知为空 / its voucher number of the ERP, empty when not known [连接器 connector]';
EXEC #yq_comment N'yq_journal_reversal', N'reason', N'冲销原因 / why it is taken back [连接器 connector]';
EXEC #yq_comment N'yq_journal_reversal', N'created_at', N'写入时间，UTC / when it was written, UTC [连接器 connector]';
EXEC #yq_comment N'yq_collection', NULL, N'到款通知：来款一笔一行，由 ERP 认领，入账后冻结 / incoming money to be claimed: one row a bank line; the ERP claims it, once booked it is frozen';
EXEC #yq_comment N'yq_collection', N'id', N'流水号 / row number [数据库 database]';
EXEC #yq_comment N'yq_collection', N'collection_key', N'到款唯一键 / key of the collection [连接器 connector]';
EXEC #yq_comment N'yq_collection', N'line_key', N'对应明细的唯一键 / key of its statement line [连接器 connector]';
EXEC #yq_comment N'yq_collection', N'account_set', N'账套 / account set [连接器 connector]';
EXEC #yq_comment N'yq_collection', N'account', N'银行账号 / bank account [连接器 connector]';
EXEC #yq_comment N'yq_collection', N'booked_on', N'记账日期，北京时间 / day booked, Asia-Shanghai [连接器 connector]';
EXEC #yq_comment N'yq_collection', N'booked_time', N'记账时间 HH:mm:ss，北京时间 / time booked, Asia-Shanghai [连接器 connector]';
EXEC #yq_comment N'yq_collection', N'amount', N'到款金额 / amount that came in [连接器 connector]';
EXEC #yq_comment N'yq_collection', N'currency', N'币种 / currency [连接器 connector]';
EXEC #yq_comment N'yq_collection', N'counter_account', N'对方账号 / account of the counterparty [连接器 connector]';
EXEC #yq_comment N'yq_collection', N'counter_name', N'对方户名 / name of the counterparty [连接器 connector]';
EXEC #yq_comment N'yq_collection', N'counter_bank', N'对方行名 / bank of the counterparty [连接器 connector]';
EXEC #yq_comment N'yq_collection', N'purpose', N'用途 / purpose [连接器 connector]';
EXEC #yq_comment N'yq_collection', N'line_text', N'摘要附言 / text [连接器 connector]';
EXEC #yq_comment N'yq_collection', N'bank_serial', N'银行流水号 / serial number of the bank [连接器 connector]';
EXEC #yq_comment N'yq_collection', N'offered_at', N'通知时间，UTC / when it was offered, UTC [连接器 connector]';
EXEC #yq_comment N'yq_collection', N'request', N'请求：claim 认领，release 释放 / claim, or release to give it back [ERP]';
EXEC #yq_comment N'yq_collection', N'customer_code', N'客户编码；拆分认领时留空 / code of the customer, empty when it is split [ERP]';
EXEC #yq_comment N'yq_collection', N'document_no', N'所收单据号，可空 / document that is paid, may be empty [ERP]';
EXEC #yq_comment N'yq_collection', N'claim_split', N'拆分：「客户:单据:金额」，以分号分隔，合计须等于到款金额 / parts as customer:document:amount with semicolons between, which add up to the amount [ERP]';
EXEC #yq_comment N'yq_collection', N'claimed_by', N'认领人 / who claims it [ERP]';
EXEC #yq_comment N'yq_collection', N'claim_no', N'请求序号：每次请求加一，其余认领列只能随它一起修改 / number of the request: raised by one with each; the other columns of a claim change with it alone [ERP]';
EXEC #yq_comment N'yq_collection', N'answered_no', N'已答复的请求序号 / number of the request that was answered [连接器 connector]';
EXEC #yq_comment N'yq_collection', N'status', N'状态：open 待认领、claimed 已认领、booked 已入账、withdrawn 已撤回 / status: open, claimed, booked, withdrawn [连接器 connector]';
EXEC #yq_comment N'yq_collection', N'status_text', N'状态说明，也是对请求的答复 / status in words, and the answer to a request [连接器 connector]';
EXEC #yq_comment N'yq_collection', N'status_seq', N'状态序号，只增不减 / rises with every status, never falls [连接器 connector]';
EXEC #yq_comment N'yq_collection', N'entry_key', N'入账凭证的唯一键 / key of the entry that books it [连接器 connector]';
EXEC #yq_comment N'yq_collection', N'updated_at', N'状态更新时间，UTC / when the status changed, UTC [连接器 connector]';
EXEC #yq_comment N'yq_ledger', NULL, N'银行存款日记账：对账用，可换成同名同列的视图 / bank-deposit journal of the ERP, for reconciliation; may be replaced by a view of the same columns';
EXEC #yq_comment N'yq_ledger', N'id', N'流水号 / row number [数据库 database]';
EXEC #yq_comment N'yq_ledger', N'line_id', N'日记账行唯一键 / key of the line [ERP]';
EXEC #yq_comment N'yq_ledger', N'ledger_account', N'科目编码 / ledger account [ERP]';
EXEC #yq_comment N'yq_ledger', N'booked_on', N'记账日期 / day booked [ERP]';
EXEC #yq_comment N'yq_ledger', N'amount', N'金额，账户角度：支出为负 / amount from the view of the account: money out is negative [ERP]';
EXEC #yq_comment N'yq_ledger', N'currency', N'币种 / currency [ERP]';
EXEC #yq_comment N'yq_ledger', N'reference', N'结算号或参考号 / settlement number or reference [ERP]';
EXEC #yq_comment N'yq_ledger', N'counterparty', N'对方 / counterparty [ERP]';
EXEC #yq_comment N'yq_ledger', N'line_text', N'摘要 / text [ERP]';
EXEC #yq_comment N'yq_ledger', N'voucher_no', N'凭证号 / voucher number [ERP]';
EXEC #yq_comment N'yq_ledger', N'entry_key', N'来自连接器的凭证唯一键 / key of the entry when it came from the connector [ERP]';
EXEC #yq_comment N'yq_command', NULL, N'即时指令：要求立即取余额或明细，原行回答 / asks for a balance or statement now, and is answered in place';
EXEC #yq_comment N'yq_command', N'id', N'流水号 / row number [数据库 database]';
EXEC #yq_comment N'yq_command', N'command', N'指令：balance 余额，statement 明细 / balance or statement [ERP]';
EXEC #yq_comment N'yq_command', N'account', N'银行账号 / bank account [ERP]';
EXEC #yq_comment N'yq_command', N'date_from', N'起始日期 / first day [ERP]';
EXEC #yq_comment N'yq_command', N'date_to', N'截止日期 / last day [ERP]';
EXEC #yq_comment N'yq_command', N'requested_by', N'申请人 / who asks [ERP]';
EXEC #yq_comment N'yq_command', N'created_at', N'写入时间，UTC / when it was written, UTC [ERP]';
EXEC #yq_comment N'yq_command', N'status', N'状态：new 新，done 完成，failed 失败 / new, done or failed [连接器 connector]';
EXEC #yq_comment N'yq_command', N'answer', N'回答 / answer [连接器 connector]';
EXEC #yq_comment N'yq_command', N'answered_at', N'回答时间，UTC / when it was answered, UTC [连接器 connector]';
EXEC #yq_comment N'yq_command', N'taken_at', N'取走时间，UTC / when it was taken, UTC [连接器 connector]';
EXEC #yq_comment N'yq_command', N'taken_by', N'取走的连接器实例 / instance that took it [连接器 connector]';
EXEC #yq_comment N'yq_heartbeat', NULL, N'心跳：每个连接器实例一行 / heartbeat: one row an instance';
EXEC #yq_comment N'yq_heartbeat', N'instance', N'连接器实例 / instance [连接器 connector]';
EXEC #yq_comment N'yq_heartbeat', N'bridge', N'桥接名称 / bridge [连接器 connector]';
EXEC #yq_comment N'yq_heartbeat', N'version', N'版本 / version [连接器 connector]';
EXEC #yq_comment N'yq_heartbeat', N'started_at', N'启动时间，UTC / when it started, UTC [连接器 connector]';
EXEC #yq_comment N'yq_heartbeat', N'polled_at', N'最近轮询时间，UTC / last poll, UTC [连接器 connector]';
EXEC #yq_comment N'yq_heartbeat', N'polls', N'轮询次数 / number of polls [连接器 connector]';
EXEC #yq_comment N'yq_payment_archive', NULL, N'付款申请归档 / archived payments';
EXEC #yq_comment N'yq_payment_archive', N'id', N'流水号 / row number [数据库 database]';
EXEC #yq_comment N'yq_payment_archive', N'source_system', N'来源系统，如 U8、SAP / source system, e.g. U8, SAP [ERP]';
EXEC #yq_comment N'yq_payment_archive', N'account_set', N'账套 / account set [ERP]';
EXEC #yq_comment N'yq_payment_archive', N'doc_type', N'单据类型：AP49 付款单、GL 凭证、WA 工资等 / document type: AP49 payment, GL voucher, WA payroll, ... [ERP]';
EXEC #yq_comment N'yq_payment_archive', N'doc_no', N'单据号 / document number [ERP]';
EXEC #yq_comment N'yq_payment_archive', N'doc_line', N'单据行号，无行号填 1 / line of the document, 1 when it has none [ERP]';
EXEC #yq_comment N'yq_payment_archive', N'revision', N'申请版次，从 1 起；失败、退票、撤销或无效后以新版次重新申请 / revision of the request, from 1; asked again as a later one after failed, returned, cancelled or invalid [ERP]';
EXEC #yq_comment N'yq_payment_archive', N'company_code', N'公司代码 / company code [ERP]';
EXEC #yq_comment N'yq_payment_archive', N'payer_account', N'付款账号 / account that pays [ERP]';
EXEC #yq_comment N'yq_payment_archive', N'payer_name', N'付款户名 / name of the account that pays [ERP]';
EXEC #yq_comment N'yq_payment_archive', N'payee_account', N'收款账号 / account that is paid [ERP]';
EXEC #yq_comment N'yq_payment_archive', N'payee_name', N'收款户名 / name of the payee [ERP]';
EXEC #yq_comment N'yq_payment_archive', N'payee_bank_name', N'收款开户行名称 / bank of the payee [ERP]';
EXEC #yq_comment N'yq_payment_archive', N'payee_bank_code', N'收款行联行号 CNAPS，12 位数字 / CNAPS code of the bank of the payee, 12 digits [ERP]';
EXEC #yq_comment N'yq_payment_archive', N'payee_kind', N'收款方类型：C 对公，P 对私 / payee is C a company, P a person [ERP]';
EXEC #yq_comment N'yq_payment_archive', N'payee_province', N'收款方省份 / province of the payee [ERP]';
EXEC #yq_comment N'yq_payment_archive', N'payee_city', N'收款方城市 / city of the payee [ERP]';
EXEC #yq_comment N'yq_payment_archive', N'amount', N'金额，元；必须符合币种的小数位数，否则拒绝 / amount in major units; exact in the decimals of the currency, or refused [ERP]';
EXEC #yq_comment N'yq_payment_archive', N'currency', N'币种，ISO 4217，人民币为 CNY / currency, ISO 4217, renminbi is CNY [ERP]';
EXEC #yq_comment N'yq_payment_archive', N'purpose', N'用途 / purpose [ERP]';
EXEC #yq_comment N'yq_payment_archive', N'postscript', N'附言 / postscript [ERP]';
EXEC #yq_comment N'yq_payment_archive', N'business_type', N'业务类型：supplier 供应商、payroll 工资、expense 报销、transfer 调拨、tax 税款等 / business type: supplier, payroll, expense, transfer, tax, ... [ERP]';
EXEC #yq_comment N'yq_payment_archive', N'requested_on', N'期望付款日期，北京时间 / day on which to pay, Asia-Shanghai [ERP]';
EXEC #yq_comment N'yq_payment_archive', N'urgency', N'normal 普通，urgent 加急 / normal or urgent [ERP]';
EXEC #yq_comment N'yq_payment_archive', N'batch_no', N'批次号 / batch number [ERP]';
EXEC #yq_comment N'yq_payment_archive', N'maker', N'制单人 / maker [ERP]';
EXEC #yq_comment N'yq_payment_archive', N'checker', N'审核人 / checker [ERP]';
EXEC #yq_comment N'yq_payment_archive', N'request', N'请求：pay 付款，cancel 撤销（取走后唯一允许的修改） / pay, or cancel to withdraw (the only change allowed once taken) [ERP]';
EXEC #yq_comment N'yq_payment_archive', N'created_at', N'写入时间，UTC / when it was written, UTC [ERP]';
EXEC #yq_comment N'yq_payment_archive', N'status', N'状态：new 新、held 待审批、ready 待发送、sending 发送中、accepted 银行已受理、unknown 结果未明、settled 支付成功、failed 支付失败、returned 退票、cancelled 已撤销、invalid 无效 / status: new, held, ready, sending, accepted, unknown, settled, failed, returned, cancelled, invalid [连接器 connector]';
EXEC #yq_comment N'yq_payment_archive', N'status_text', N'状态说明 / status in words [连接器 connector]';
EXEC #yq_comment N'yq_payment_archive', N'status_seq', N'状态序号，只增不减 / rises with every status, never falls [连接器 connector]';
EXEC #yq_comment N'yq_payment_archive', N'error_code', N'错误码 / error code [连接器 connector]';
EXEC #yq_comment N'yq_payment_archive', N'bank_reference', N'发给银行的参考号 / our reference at the bank [连接器 connector]';
EXEC #yq_comment N'yq_payment_archive', N'bank_serial', N'银行流水号 / serial number of the bank [连接器 connector]';
EXEC #yq_comment N'yq_payment_archive', N'settled_at', N'支付成功时间，UTC / when it was settled, UTC [连接器 connector]';
EXEC #yq_comment N'yq_payment_archive', N'receipt_no', N'电子回单号 / receipt number [连接器 connector]';
EXEC #yq_comment N'yq_payment_archive', N'updated_at', N'状态更新时间，UTC / when the status changed, UTC [连接器 connector]';
EXEC #yq_comment N'yq_payment_archive', N'taken_at', N'取走时间，UTC；非空即冻结 / when it was taken, UTC; frozen from then on [连接器 connector]';
EXEC #yq_comment N'yq_payment_archive', N'taken_by', N'取走的连接器实例 / instance that took it [连接器 connector]';
EXEC #yq_comment N'yq_payment_archive', N'cancel_taken_at', N'撤销请求收妥时间，UTC / when the withdrawal was received for good, UTC [连接器 connector]';
EXEC #yq_comment N'yq_payment_archive', N'archived_at', N'归档时间，UTC / when it was archived, UTC [DBA]';
EXEC #yq_comment N'yq_payment_event_archive', NULL, N'付款状态流水归档 / archived payment events';
EXEC #yq_comment N'yq_payment_event_archive', N'id', N'流水号 / row number [数据库 database]';
EXEC #yq_comment N'yq_payment_event_archive', N'source_system', N'来源系统，如 U8、SAP / source system, e.g. U8, SAP [连接器 connector]';
EXEC #yq_comment N'yq_payment_event_archive', N'account_set', N'账套 / account set [连接器 connector]';
EXEC #yq_comment N'yq_payment_event_archive', N'doc_type', N'单据类型：AP49 付款单、GL 凭证、WA 工资等 / document type: AP49 payment, GL voucher, WA payroll, ... [连接器 connector]';
EXEC #yq_comment N'yq_payment_event_archive', N'doc_no', N'单据号 / document number [连接器 connector]';
EXEC #yq_comment N'yq_payment_event_archive', N'doc_line', N'单据行号，无行号填 1 / line of the document, 1 when it has none [连接器 connector]';
EXEC #yq_comment N'yq_payment_event_archive', N'revision', N'申请版次，从 1 起；失败、退票、撤销或无效后以新版次重新申请 / revision of the request, from 1; asked again as a later one after failed, returned, cancelled or invalid [连接器 connector]';
EXEC #yq_comment N'yq_payment_event_archive', N'seq', N'状态序号 / sequence of the status [连接器 connector]';
EXEC #yq_comment N'yq_payment_event_archive', N'status', N'状态 / status [连接器 connector]';
EXEC #yq_comment N'yq_payment_event_archive', N'status_text', N'状态说明 / status in words [连接器 connector]';
EXEC #yq_comment N'yq_payment_event_archive', N'cause', N'原因 / what caused it [连接器 connector]';
EXEC #yq_comment N'yq_payment_event_archive', N'error_code', N'错误码 / error code [连接器 connector]';
EXEC #yq_comment N'yq_payment_event_archive', N'bank_reference', N'发给银行的参考号 / our reference at the bank [连接器 connector]';
EXEC #yq_comment N'yq_payment_event_archive', N'bank_serial', N'银行流水号 / serial number of the bank [连接器 connector]';
EXEC #yq_comment N'yq_payment_event_archive', N'happened_at', N'发生时间，UTC / when it happened, UTC [连接器 connector]';
EXEC #yq_comment N'yq_payment_event_archive', N'created_at', N'写入时间，UTC / when it was written, UTC [连接器 connector]';
EXEC #yq_comment N'yq_payment_event_archive', N'archived_at', N'归档时间，UTC / when it was archived, UTC [DBA]';
GO
DROP PROCEDURE #yq_comment;
GO
