-- 第 7 版：凭证可被红字冲销并重新入账；到款认领。
-- Version 7: an entry may be taken back and its line booked anew; collections that are claimed.

GO
-- 凭证：每键一次；一条流水同时只有一张有效凭证
-- journal entries; once per key, and one that stands per bank line (I7)
CREATE TABLE yinqi_journal_entry_7 (
  no BIGINT IDENTITY(1,1) NOT NULL PRIMARY KEY,
  entry_key NVARCHAR(64) COLLATE Latin1_General_BIN2 NOT NULL,
  line_no BIGINT NULL, -- null: of several lines, or of none
  erp NVARCHAR(64) COLLATE Latin1_General_BIN2 NOT NULL,
  content NVARCHAR(MAX) NOT NULL, -- JSON
  status NVARCHAR(16) COLLATE Latin1_General_BIN2 NOT NULL,
  voucher_no NVARCHAR(MAX) NOT NULL,
  refusal NVARCHAR(MAX) NOT NULL,
  made_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  reverses NVARCHAR(64) COLLATE Latin1_General_BIN2 NULL, -- key of the entry that this one takes back
  reversed_by NVARCHAR(64) COLLATE Latin1_General_BIN2 NULL, -- key of the entry that takes this one back
  UNIQUE (entry_key),
  FOREIGN KEY (line_no) REFERENCES yinqi_statement_line (no)
);
CREATE UNIQUE INDEX yinqi_journal_entry_standing ON yinqi_journal_entry_7 (line_no) WHERE line_no IS NOT NULL AND reversed_by IS NULL;
CREATE UNIQUE INDEX yinqi_journal_entry_reverses ON yinqi_journal_entry_7 (reverses) WHERE reverses IS NOT NULL;
CREATE INDEX yinqi_journal_entry_line ON yinqi_journal_entry_7 (line_no, no) WHERE line_no IS NOT NULL;

GO
INSERT INTO yinqi_journal_entry_7 (entry_key, line_no, erp, content, status, voucher_no, refusal, made_at, updated_at)
  SELECT entry_key, line_no, erp, content, status, voucher_no, refusal, made_at, updated_at FROM yinqi_journal_entry ORDER BY no;

GO
DROP TABLE yinqi_journal_entry;

GO
EXEC sp_rename N'yinqi_journal_entry_7', N'yinqi_journal_entry';

GO
-- 到款：一条流水一行，认领以此处为准
-- incoming money that is claimed; who claims first is decided here
CREATE TABLE yinqi_collection (
  line_no BIGINT NOT NULL PRIMARY KEY,
  collection_key NVARCHAR(200) COLLATE Latin1_General_BIN2 NOT NULL, -- as the ERP knows it
  erp NVARCHAR(64) COLLATE Latin1_General_BIN2 NOT NULL,
  state NVARCHAR(16) COLLATE Latin1_General_BIN2 NOT NULL,
  seq BIGINT NOT NULL,
  claim_no BIGINT NOT NULL, -- the ERP's last asking that was answered
  content NVARCHAR(MAX) NOT NULL, -- JSON: who, why, parts; may be encrypted
  entry_key NVARCHAR(64) COLLATE Latin1_General_BIN2 NULL,
  looked_at BIGINT NULL, -- when its customer was looked for
  offered_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  UNIQUE (collection_key),
  FOREIGN KEY (line_no) REFERENCES yinqi_statement_line (no)
);
CREATE INDEX yinqi_collection_state ON yinqi_collection (state, line_no);
CREATE INDEX yinqi_collection_unlooked ON yinqi_collection (line_no) WHERE looked_at IS NULL;
CREATE INDEX yinqi_collection_entry ON yinqi_collection (entry_key) WHERE entry_key IS NOT NULL;
CREATE INDEX yinqi_statement_line_amount ON yinqi_statement_line (account, amount_minor, no);
