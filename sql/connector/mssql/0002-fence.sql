-- 第 2 版：防止恢复或复制的库发送付款
-- version 2: a restored or copied store must not send (I10)

GO
-- 已绑定的主机
-- hosts that may send from this store; the other half of each token lies in the host's dataDir
CREATE TABLE yinqi_fence_host (
  instance NVARCHAR(64) COLLATE Latin1_General_BIN2 NOT NULL PRIMARY KEY,
  token NVARCHAR(64) COLLATE Latin1_General_BIN2 NOT NULL,
  bound_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL
);

GO
-- 绑定、禁止发送、人工确认：只增不改
-- bound, closed, confirmed: what happened to the fence, who decided, on what evidence; append only
CREATE TABLE yinqi_fence_event (
  no BIGINT IDENTITY(1,1) NOT NULL PRIMARY KEY,
  at BIGINT NOT NULL,
  kind NVARCHAR(16) COLLATE Latin1_General_BIN2 NOT NULL,
  instance NVARCHAR(64) COLLATE Latin1_General_BIN2 NOT NULL,
  person NVARCHAR(MAX) NOT NULL,
  evidence NVARCHAR(MAX) NOT NULL,
  content NVARCHAR(MAX) NOT NULL -- JSON
);

GO
-- 银行流水中本库不认识的我方编号
-- bank lines under our references that no payment of this store has; a new request that resembles one is held
CREATE TABLE yinqi_fence_finding (
  no BIGINT IDENTITY(1,1) NOT NULL PRIMARY KEY,
  bank NVARCHAR(64) COLLATE Latin1_General_BIN2 NOT NULL,
  reference NVARCHAR(200) COLLATE Latin1_General_BIN2 NOT NULL,
  line_no BIGINT NOT NULL UNIQUE,
  found_at BIGINT NOT NULL,
  resolved_at BIGINT NULL,
  resolved_by NVARCHAR(MAX) NOT NULL,
  resolution NVARCHAR(MAX) NOT NULL,
  FOREIGN KEY (line_no) REFERENCES yinqi_statement_line (no)
);
CREATE INDEX yinqi_fence_finding_open ON yinqi_fence_finding (no) WHERE resolved_at IS NULL;

GO
-- 只增不改：更新、删除一律拒绝。Append only: UPDATE and DELETE are refused.
CREATE TRIGGER yinqi_fence_event_append_only ON yinqi_fence_event INSTEAD OF UPDATE, DELETE AS
BEGIN
  SET NOCOUNT ON;
  THROW 51000, 'yinqi_fence_event is append only: rows are never changed or deleted', 1;
END;
