-- 第 8 版：人工暂停银行
-- version 8: banks that a person has paused

GO
-- 现在被暂停的银行；恢复时删除该行，经过见审计链
-- banks that are paused now; a resumed one's row is deleted, the audit trail keeps what happened
CREATE TABLE yinqi_bank_pause (
  bank NVARCHAR(64) COLLATE Latin1_General_BIN2 NOT NULL PRIMARY KEY, -- name of the connection
  scope NVARCHAR(16) COLLATE Latin1_General_BIN2 NOT NULL CHECK (scope IN (N'sends', N'all')), -- sends: questions and statements go on
  person NVARCHAR(MAX) NOT NULL,
  reason NVARCHAR(MAX) NOT NULL,
  at BIGINT NOT NULL
);
