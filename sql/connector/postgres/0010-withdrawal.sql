-- 第 10 版：具名的人可以撤回一笔流水（银行更正或撤销了它），也可以恢复；行本身永不删除。
-- Version 10: a named person may withdraw a bank line (the bank has changed or taken it back), and restore it; no line is
-- ever deleted.

-- 何时撤回；空为有效
-- when it was withdrawn; null: it stands
ALTER TABLE yinqi_statement_line ADD COLUMN withdrawn_at BIGINT;

ALTER TABLE yinqi_statement_line ADD COLUMN withdrawn_by TEXT NOT NULL DEFAULT '';

ALTER TABLE yinqi_statement_line ADD COLUMN withdrawn_reason TEXT NOT NULL DEFAULT '';

-- 撤回与恢复的次数：后一次以前一次为据
-- how often it was withdrawn or restored: each time names the one it was decided on
ALTER TABLE yinqi_statement_line ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;

-- 1：勾对因流水撤回而撤销，并非有人认为勾错，其余各项仍可自动勾对
-- 1: undone because a line of it was withdrawn, not because it was wrong: what else it held may be matched again
ALTER TABLE yinqi_match ADD COLUMN undone_by_withdrawal INTEGER NOT NULL DEFAULT 0;

CREATE INDEX yinqi_statement_line_withdrawn ON yinqi_statement_line (account, booked_on, no) WHERE withdrawn_at IS NOT NULL;

-- 银行对某笔流水改了说法：自何时起、改成什么；银行恢复原说法或流水被撤回后删除
-- the bank says something else of a line than it did: since when, and what; deleted when it says it again, or the line is
-- withdrawn
CREATE TABLE yinqi_line_doubt (
  line_no BIGINT NOT NULL,
  account TEXT NOT NULL,
  kind TEXT NOT NULL, -- changed, gone, again
  since BIGINT NOT NULL,
  content TEXT NOT NULL, -- JSON: what it was, what it is now; may be encrypted
  PRIMARY KEY (line_no),
  FOREIGN KEY (line_no) REFERENCES yinqi_statement_line (no)
);
CREATE INDEX yinqi_line_doubt_account ON yinqi_line_doubt (account, line_no);
