-- 第 2 版：防止恢复或复制的库发送付款
-- version 2: a restored or copied store must not send (I10)

-- 已绑定的主机
-- hosts that may send from this store; the other half of each token lies in the host's dataDir
CREATE TABLE yinqi_fence_host (
  instance TEXT NOT NULL,
  token TEXT NOT NULL,
  bound_at INTEGER NOT NULL,
  seen_at INTEGER NOT NULL,
  PRIMARY KEY (instance)
) STRICT;

-- 绑定、禁止发送、人工确认：只增不改
-- bound, closed, confirmed: what happened to the fence, who decided, on what evidence; append only
CREATE TABLE yinqi_fence_event (
  no INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  instance TEXT NOT NULL,
  person TEXT NOT NULL,
  evidence TEXT NOT NULL,
  content TEXT NOT NULL -- JSON
) STRICT;

-- 银行流水中本库不认识的我方编号
-- bank lines under our references that no payment of this store has; a new request that resembles one is held
CREATE TABLE yinqi_fence_finding (
  no INTEGER PRIMARY KEY AUTOINCREMENT,
  bank TEXT NOT NULL,
  reference TEXT NOT NULL,
  line_no INTEGER NOT NULL,
  found_at INTEGER NOT NULL,
  resolved_at INTEGER,
  resolved_by TEXT NOT NULL,
  resolution TEXT NOT NULL,
  UNIQUE (line_no),
  FOREIGN KEY (line_no) REFERENCES yinqi_statement_line (no)
) STRICT;
CREATE INDEX yinqi_fence_finding_open ON yinqi_fence_finding (no) WHERE resolved_at IS NULL;

CREATE TRIGGER yinqi_fence_event_no_update BEFORE UPDATE ON yinqi_fence_event BEGIN
  SELECT RAISE(ABORT, 'yinqi_fence_event is append only: rows are never changed or deleted');
END;
CREATE TRIGGER yinqi_fence_event_no_delete BEFORE DELETE ON yinqi_fence_event BEGIN
  SELECT RAISE(ABORT, 'yinqi_fence_event is append only: rows are never changed or deleted');
END;
