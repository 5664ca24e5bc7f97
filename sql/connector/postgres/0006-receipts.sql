-- 第 6 版：回单的 SM3 摘要、来源与核对结果，取回失败的原因，入账信息文件。
-- Version 6: a receipt's SM3, where it came from and what its content said; why a receipt was not fetched; receiver files.

-- 上次没有取到回单的原因
-- why the last try gave no receipt
ALTER TABLE yinqi_statement_line ADD COLUMN receipt_reason TEXT NOT NULL DEFAULT '';

-- 空：升级前保存，用时按原文计算
-- empty: kept before this version; computed from the bytes when asked for
ALTER TABLE yinqi_receipt ADD COLUMN sm3 TEXT NOT NULL DEFAULT '';
-- bank 银行接口 / file 人工导入的文件
ALTER TABLE yinqi_receipt ADD COLUMN source TEXT NOT NULL DEFAULT 'bank';
-- agrees 与流水一致 / none 没有结构化数据 / 空：未核对
ALTER TABLE yinqi_receipt ADD COLUMN content_check TEXT NOT NULL DEFAULT '';
-- 入账信息文件：open 等待凭证号 / written 已生成 / refused 不能生成 / 空：没有发行方数据
ALTER TABLE yinqi_receipt ADD COLUMN receiver TEXT NOT NULL DEFAULT '';
CREATE INDEX yinqi_receipt_receiver ON yinqi_receipt (account, line_no) WHERE receiver = 'open';

-- 入账信息结构化数据文件（bker_receiver），每条流水一份
-- the receiver's part of a receipt, one a line
CREATE TABLE yinqi_receiver (
  line_no BIGINT NOT NULL,
  voucher_no TEXT NOT NULL,
  file_name TEXT NOT NULL,
  json_digest TEXT,
  xbrl_digest TEXT,
  reason TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (line_no),
  FOREIGN KEY (line_no) REFERENCES yinqi_statement_line (no),
  FOREIGN KEY (json_digest) REFERENCES yinqi_document (digest),
  FOREIGN KEY (xbrl_digest) REFERENCES yinqi_document (digest)
);
