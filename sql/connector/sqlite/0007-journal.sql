-- 第 7 版：凭证可被红字冲销并重新入账；到款认领。
-- Version 7: an entry may be taken back and its line booked anew; collections that are claimed.

-- 凭证：每键一次；一条流水同时只有一张有效凭证
-- journal entries; once per key, and one that stands per bank line (I7)
CREATE TABLE yinqi_journal_entry_7 (
  no INTEGER PRIMARY KEY AUTOINCREMENT,
  entry_key TEXT NOT NULL,
  line_no INTEGER, -- null: of several lines, or of none
  erp TEXT NOT NULL,
  content TEXT NOT NULL, -- JSON
  status TEXT NOT NULL,
  voucher_no TEXT NOT NULL,
  refusal TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  reverses TEXT, -- key of the entry that this one takes back
  reversed_by TEXT, -- key of the entry that takes this one back
  UNIQUE (entry_key),
  FOREIGN KEY (line_no) REFERENCES yinqi_statement_line (no)
) STRICT;
INSERT INTO yinqi_journal_entry_7 (entry_key, line_no, erp, content, status, voucher_no, refusal, made_at, updated_at) SELECT entry_key, line_no, erp, content, status, voucher_no, refusal, made_at, updated_at FROM yinqi_journal_entry ORDER BY no;
DROP TABLE yinqi_journal_entry;
ALTER TABLE yinqi_journal_entry_7 RENAME TO yinqi_journal_entry;
CREATE UNIQUE INDEX yinqi_journal_entry_standing ON yinqi_journal_entry (line_no) WHERE line_no IS NOT NULL AND reversed_by IS NULL;
CREATE UNIQUE INDEX yinqi_journal_entry_reverses ON yinqi_journal_entry (reverses) WHERE reverses IS NOT NULL;
CREATE INDEX yinqi_journal_entry_line ON yinqi_journal_entry (line_no, no) WHERE line_no IS NOT NULL;

-- 到款：一条流水一行，认领以此处为准
-- incoming money that is claimed; who claims first is decided here
CREATE TABLE yinqi_collection (
  line_no INTEGER NOT NULL,
  collection_key TEXT NOT NULL, -- as the ERP knows it
  erp TEXT NOT NULL,
  state TEXT NOT NULL,
  seq INTEGER NOT NULL,
  claim_no INTEGER NOT NULL, -- the ERP's last asking that was answered
  content TEXT NOT NULL, -- JSON: who, why, parts; may be encrypted
  entry_key TEXT,
  looked_at INTEGER, -- when its customer was looked for
  offered_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (line_no),
  UNIQUE (collection_key),
  FOREIGN KEY (line_no) REFERENCES yinqi_statement_line (no)
) STRICT;
CREATE INDEX yinqi_collection_state ON yinqi_collection (state, line_no);
CREATE INDEX yinqi_collection_unlooked ON yinqi_collection (line_no) WHERE looked_at IS NULL;
CREATE INDEX yinqi_collection_entry ON yinqi_collection (entry_key) WHERE entry_key IS NOT NULL;
CREATE INDEX yinqi_statement_line_amount ON yinqi_statement_line (account, amount_minor, no);
