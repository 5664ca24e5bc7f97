-- 第 9 版：对账。未达项逐月结转，勾对可由人作出、可撤销并留痕，日记账行的副本。
-- Version 9: reconciliation. Open items are carried over, matches are made and undone by people, with a trail.

-- 流水所属的勾对；空为未达
-- the match of a bank line; null: open
ALTER TABLE yinqi_statement_line ADD COLUMN match_no BIGINT;

-- 作出勾对的人；空为自动
-- who made the match; empty: a pass did
ALTER TABLE yinqi_match ADD COLUMN person TEXT NOT NULL DEFAULT '';

-- 双方各项中最早、最晚的日期：到最晚之日为止仍算未达
-- oldest and newest day of either side: until the newest one its items count as open
ALTER TABLE yinqi_match ADD COLUMN opens_on TEXT NOT NULL DEFAULT '';

ALTER TABLE yinqi_match ADD COLUMN closes_on TEXT NOT NULL DEFAULT '';

-- 银行合计减企业合计；容差或有理由的人工勾对才不为零
-- bank minus ledger; other than zero by a tolerance or a named person's reason only
ALTER TABLE yinqi_match ADD COLUMN difference_minor TEXT NOT NULL DEFAULT '0';

ALTER TABLE yinqi_match ADD COLUMN difference_account TEXT NOT NULL DEFAULT '';

-- 首个明细的摘要，写入时用来找回编号
-- digest of its first item, by which its number is found again when many are written
ALTER TABLE yinqi_match ADD COLUMN first_item TEXT NOT NULL DEFAULT '';

-- 撤销：谁、何时、为何
-- undone: who, when, why
ALTER TABLE yinqi_match ADD COLUMN undone_at BIGINT;

ALTER TABLE yinqi_match ADD COLUMN undone_by TEXT NOT NULL DEFAULT '';

ALTER TABLE yinqi_match ADD COLUMN undone_reason TEXT NOT NULL DEFAULT '';

-- 已撤销勾对的明细：只增不改
-- what undone matches held; append only
CREATE TABLE yinqi_match_undone (
  match_no BIGINT NOT NULL,
  side TEXT NOT NULL,
  scope TEXT NOT NULL,
  item_digest TEXT NOT NULL,
  item TEXT NOT NULL,
  position INTEGER NOT NULL,
  PRIMARY KEY (match_no, side, item_digest),
  FOREIGN KEY (match_no) REFERENCES yinqi_match (no)
);

-- 银行存款日记账的副本：对账只读未达与近期
-- a copy of the bank-deposit journal, so that only what is open or recent is read again
CREATE TABLE yinqi_ledger_line (
  no BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  account TEXT NOT NULL, -- our bank account
  item_digest TEXT NOT NULL, -- SHA-256 of the ERP's line id
  item TEXT NOT NULL, -- the ERP's line id
  booked_on TEXT NOT NULL,
  currency TEXT NOT NULL,
  amount_minor TEXT NOT NULL, -- exact minor units as text; money out is negative
  content TEXT NOT NULL, -- JSON, may be encrypted
  content_digest TEXT NOT NULL, -- tells whether the ERP changed the line
  read_at BIGINT NOT NULL,
  gone_at BIGINT, -- the ERP shows it no more
  match_no BIGINT, -- null: open
  UNIQUE (account, item_digest)
);

-- 旧勾对：账面日期未知，按流水日期计
-- older matches: the ledger's days are not known, the lines' days count
UPDATE yinqi_statement_line SET match_no = i.match_no FROM (SELECT CAST(item AS BIGINT) AS line_no, match_no FROM yinqi_match_item WHERE side = 'line') AS i WHERE i.line_no = yinqi_statement_line.no;

UPDATE yinqi_match SET opens_on = first_on, closes_on = last_on WHERE last_on IS NOT NULL;

CREATE INDEX yinqi_statement_line_unmatched ON yinqi_statement_line (account, booked_on, no) WHERE match_no IS NULL;
CREATE INDEX yinqi_match_closes ON yinqi_match (account, closes_on, opens_on) WHERE undone_at IS NULL;
CREATE INDEX yinqi_match_differs ON yinqi_match (account, closes_on, no) WHERE undone_at IS NULL AND difference_minor <> '0';
CREATE INDEX yinqi_match_undone_by ON yinqi_match (account, no) WHERE undone_at IS NOT NULL;
CREATE INDEX yinqi_ledger_line_day ON yinqi_ledger_line (account, booked_on, no);
CREATE INDEX yinqi_ledger_line_open ON yinqi_ledger_line (account, booked_on, no) WHERE match_no IS NULL AND gone_at IS NULL;

CREATE TRIGGER yinqi_match_undone_append_only BEFORE UPDATE OR DELETE ON yinqi_match_undone
  FOR EACH ROW EXECUTE FUNCTION yinqi_append_only();
CREATE TRIGGER yinqi_match_undone_no_truncate BEFORE TRUNCATE ON yinqi_match_undone
  FOR EACH STATEMENT EXECUTE FUNCTION yinqi_append_only();
