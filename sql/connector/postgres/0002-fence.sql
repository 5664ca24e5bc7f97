-- 第 2 版：防止恢复或复制的库发送付款
-- version 2: a restored or copied store must not send (I10)

-- 已绑定的主机
-- hosts that may send from this store; the other half of each token lies in the host's dataDir
CREATE TABLE yinqi_fence_host (
  instance TEXT NOT NULL,
  token TEXT NOT NULL,
  bound_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  PRIMARY KEY (instance)
);

-- 绑定、禁止发送、人工确认：只增不改
-- bound, closed, confirmed: what happened to the fence, who decided, on what evidence; append only
CREATE TABLE yinqi_fence_event (
  no BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at BIGINT NOT NULL,
  kind TEXT NOT NULL,
  instance TEXT NOT NULL,
  person TEXT NOT NULL,
  evidence TEXT NOT NULL,
  content TEXT NOT NULL -- JSON
);

-- 银行流水中本库不认识的我方编号
-- bank lines under our references that no payment of this store has; a new request that resembles one is held
CREATE TABLE yinqi_fence_finding (
  no BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  bank TEXT NOT NULL,
  reference TEXT NOT NULL,
  line_no BIGINT NOT NULL,
  found_at BIGINT NOT NULL,
  resolved_at BIGINT,
  resolved_by TEXT NOT NULL,
  resolution TEXT NOT NULL,
  UNIQUE (line_no),
  FOREIGN KEY (line_no) REFERENCES yinqi_statement_line (no)
);
CREATE INDEX yinqi_fence_finding_open ON yinqi_fence_finding (no) WHERE resolved_at IS NULL;

CREATE TRIGGER yinqi_fence_event_append_only BEFORE UPDATE OR DELETE ON yinqi_fence_event
  FOR EACH ROW EXECUTE FUNCTION yinqi_append_only();
CREATE TRIGGER yinqi_fence_event_no_truncate BEFORE TRUNCATE ON yinqi_fence_event
  FOR EACH STATEMENT EXECUTE FUNCTION yinqi_append_only();
