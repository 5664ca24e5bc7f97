-- 第 8 版：人工暂停银行
-- version 8: banks that a person has paused

-- 现在被暂停的银行；恢复时删除该行，经过见审计链
-- banks that are paused now; a resumed one's row is deleted, the audit trail keeps what happened
CREATE TABLE yinqi_bank_pause (
  bank TEXT NOT NULL, -- name of the connection
  scope TEXT NOT NULL CHECK (scope IN ('sends', 'all')), -- sends: questions and statements go on
  person TEXT NOT NULL,
  reason TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (bank)
);
