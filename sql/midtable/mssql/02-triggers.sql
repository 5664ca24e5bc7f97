-- 银企直联中间表：触发器 / Middle tables: triggers.
-- SQL Server 2012 or later. Run in the database of the middle tables as its owner: sqlcmd -I -i <file> (or SSMS). May be run again.
-- 在中间表所在数据库以所有者身份执行，可重复执行。
-- The ERP may change a row until the connector takes it (taken_at). From then on its columns are frozen, but for
-- request pay -> cancel. The connector passes because it changes none of them; its own columns only move forward.
-- 取走前 ERP 可改；取走后除 request 由 pay 改为 cancel 外全部冻结。
-- A taken row, or an event, may be deleted only when its copy lies in the archive, which only the archiving script fills.
-- 已取走的行和状态流水，只有归档表中已有副本时才能删除。

-- Text is compared as bytes: the collation of a Chinese server takes A and a, full and half width for equal.
-- 文本按字节比较：中文排序规则不分大小写和全半角。
-- SQL Server has no INSERT right per column, so the trigger keeps the connector's columns of a new row from others.
SET QUOTED_IDENTIFIER ON;
SET ANSI_NULLS ON;
GO

IF OBJECT_ID(N'yq_payment_update') IS NOT NULL DROP TRIGGER yq_payment_update;
GO
CREATE TRIGGER yq_payment_update ON yq_payment AFTER UPDATE AS
BEGIN
  SET NOCOUNT ON;
  IF EXISTS (SELECT 1 FROM inserted AS i JOIN deleted AS d ON d.id = i.id
      WHERE d.taken_at IS NOT NULL AND (EXISTS (
        SELECT i.id, CONVERT(varbinary(8000), i.source_system), CONVERT(varbinary(8000), i.account_set),
        CONVERT(varbinary(8000), i.doc_type), CONVERT(varbinary(8000), i.doc_no), i.doc_line, i.revision,
        CONVERT(varbinary(8000), i.company_code), CONVERT(varbinary(8000), i.payer_account),
        CONVERT(varbinary(8000), i.payer_name), CONVERT(varbinary(8000), i.payee_account),
        CONVERT(varbinary(8000), i.payee_name), CONVERT(varbinary(8000), i.payee_bank_name),
        CONVERT(varbinary(8000), i.payee_bank_code), CONVERT(varbinary(8000), i.payee_kind),
        CONVERT(varbinary(8000), i.payee_province), CONVERT(varbinary(8000), i.payee_city), i.amount,
        CONVERT(varbinary(8000), i.currency), CONVERT(varbinary(8000), i.purpose),
        CONVERT(varbinary(8000), i.postscript), CONVERT(varbinary(8000), i.business_type), i.requested_on,
        CONVERT(varbinary(8000), i.urgency), CONVERT(varbinary(8000), i.batch_no),
        CONVERT(varbinary(8000), i.maker), CONVERT(varbinary(8000), i.checker), i.created_at
        EXCEPT
        SELECT d.id, CONVERT(varbinary(8000), d.source_system), CONVERT(varbinary(8000), d.account_set),
        CONVERT(varbinary(8000), d.doc_type), CONVERT(varbinary(8000), d.doc_no), d.doc_line, d.revision,
        CONVERT(varbinary(8000), d.company_code), CONVERT(varbinary(8000), d.payer_account),
        CONVERT(varbinary(8000), d.payer_name), CONVERT(varbinary(8000), d.payee_account),
        CONVERT(varbinary(8000), d.payee_name), CONVERT(varbinary(8000), d.payee_bank_name),
        CONVERT(varbinary(8000), d.payee_bank_code), CONVERT(varbinary(8000), d.payee_kind),
        CONVERT(varbinary(8000), d.payee_province), CONVERT(varbinary(8000), d.payee_city), d.amount,
        CONVERT(varbinary(8000), d.currency), CONVERT(varbinary(8000), d.purpose),
        CONVERT(varbinary(8000), d.postscript), CONVERT(varbinary(8000), d.business_type), d.requested_on,
        CONVERT(varbinary(8000), d.urgency), CONVERT(varbinary(8000), d.batch_no),
        CONVERT(varbinary(8000), d.maker), CONVERT(varbinary(8000), d.checker), d.created_at)
        OR (i.request <> d.request AND NOT (d.request = N'pay' AND i.request = N'cancel'))))
  BEGIN
    RAISERROR(N'中间表：此行已被取走，不能修改；撤销请把 request 改为 cancel / this row has been taken and is frozen; to withdraw it set request to cancel', 16, 1);
    ROLLBACK TRANSACTION;
    RETURN;
  END;
  IF EXISTS (SELECT 1 FROM inserted AS i JOIN deleted AS d ON d.id = i.id
      WHERE i.status_seq < d.status_seq OR (d.taken_at IS NOT NULL AND i.taken_at IS NULL)
        OR (i.status <> N'new' AND i.taken_at IS NULL) OR (i.status = N'new' AND d.status <> N'new'))
  BEGIN
    RAISERROR(N'中间表：状态列由连接器写入，状态序号不能倒退 / the status is written by the connector and never goes back', 16, 1);
    ROLLBACK TRANSACTION;
    RETURN;
  END;
END;
GO

IF OBJECT_ID(N'yq_payment_insert') IS NOT NULL DROP TRIGGER yq_payment_insert;
GO
CREATE TRIGGER yq_payment_insert ON yq_payment AFTER INSERT AS
BEGIN
  SET NOCOUNT ON;
  IF ISNULL(IS_MEMBER(N'yq_connector'), 0) = 0 AND ISNULL(IS_MEMBER(N'db_owner'), 0) = 0
    AND EXISTS (SELECT 1 FROM inserted AS i WHERE i.status <> N'new' OR i.status_seq <> 0 OR i.taken_at IS NOT NULL
      OR i.cancel_taken_at IS NOT NULL OR i.bank_serial <> N'' OR i.settled_at IS NOT NULL OR i.receipt_no <> N'')
  BEGIN
    RAISERROR(N'中间表：新行的状态列必须留空 / the connector''s columns of a new row must be left alone', 16, 1);
    ROLLBACK TRANSACTION;
    RETURN;
  END;
  IF EXISTS (SELECT 1 FROM inserted AS i JOIN yq_payment_archive AS a
      ON a.source_system = i.source_system AND a.account_set = i.account_set AND
        a.doc_type = i.doc_type AND a.doc_no = i.doc_no AND a.doc_line = i.doc_line AND
        a.revision = i.revision)
  BEGIN
    RAISERROR(N'中间表：此单据版次已归档，不能重复申请 / this revision of the document has been archived already', 16, 1);
    ROLLBACK TRANSACTION;
    RETURN;
  END;
END;
GO

IF OBJECT_ID(N'yq_payment_delete') IS NOT NULL DROP TRIGGER yq_payment_delete;
GO
CREATE TRIGGER yq_payment_delete ON yq_payment AFTER DELETE AS
BEGIN
  SET NOCOUNT ON;
  IF EXISTS (SELECT 1 FROM deleted AS d WHERE d.taken_at IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM yq_payment_archive AS a WHERE a.id = d.id))
  BEGIN
    RAISERROR(N'中间表：已取走的行不能删除，请用归档 / a taken row cannot be deleted; archive it', 16, 1);
    ROLLBACK TRANSACTION;
    RETURN;
  END;
END;
GO

IF OBJECT_ID(N'yq_payment_event_update') IS NOT NULL DROP TRIGGER yq_payment_event_update;
GO
CREATE TRIGGER yq_payment_event_update ON yq_payment_event AFTER UPDATE AS
BEGIN
  SET NOCOUNT ON;
  IF EXISTS (SELECT 1 FROM inserted)
  BEGIN
    RAISERROR(N'中间表：状态流水只能追加 / payment events are append only', 16, 1);
    ROLLBACK TRANSACTION;
    RETURN;
  END;
END;
GO

IF OBJECT_ID(N'yq_payment_event_delete') IS NOT NULL DROP TRIGGER yq_payment_event_delete;
GO
CREATE TRIGGER yq_payment_event_delete ON yq_payment_event AFTER DELETE AS
BEGIN
  SET NOCOUNT ON;
  IF EXISTS (SELECT 1 FROM deleted AS d WHERE NOT EXISTS (SELECT 1 FROM yq_payment_event_archive AS a WHERE a.id = d.id))
  BEGIN
    RAISERROR(N'中间表：状态流水只能追加 / payment events are append only', 16, 1);
    ROLLBACK TRANSACTION;
    RETURN;
  END;
END;
GO

IF OBJECT_ID(N'yq_payment_archive_change') IS NOT NULL DROP TRIGGER yq_payment_archive_change;
GO
CREATE TRIGGER yq_payment_archive_change ON yq_payment_archive AFTER UPDATE, DELETE AS
BEGIN
  SET NOCOUNT ON;
  IF EXISTS (SELECT 1 FROM deleted)
  BEGIN
    RAISERROR(N'中间表：状态流水只能追加 / payment events are append only', 16, 1);
    ROLLBACK TRANSACTION;
    RETURN;
  END;
END;
GO

IF OBJECT_ID(N'yq_payment_event_archive_change') IS NOT NULL DROP TRIGGER yq_payment_event_archive_change;
GO
CREATE TRIGGER yq_payment_event_archive_change ON yq_payment_event_archive AFTER UPDATE, DELETE AS
BEGIN
  SET NOCOUNT ON;
  IF EXISTS (SELECT 1 FROM deleted)
  BEGIN
    RAISERROR(N'中间表：状态流水只能追加 / payment events are append only', 16, 1);
    ROLLBACK TRANSACTION;
    RETURN;
  END;
END;
GO

IF OBJECT_ID(N'yq_journal_update') IS NOT NULL DROP TRIGGER yq_journal_update;
GO
CREATE TRIGGER yq_journal_update ON yq_journal AFTER UPDATE AS
BEGIN
  SET NOCOUNT ON;
  IF EXISTS (SELECT 1 FROM inserted AS i JOIN deleted AS d ON d.id = i.id
      WHERE d.voucher_taken_at IS NOT NULL AND ISNULL(i.voucher_no, N'') <> ISNULL(d.voucher_no, N''))
  BEGIN
    RAISERROR(N'中间表：凭证号已被收妥，不能修改 / the voucher number has been taken and is frozen', 16, 1);
    ROLLBACK TRANSACTION;
    RETURN;
  END;
END;
GO

IF OBJECT_ID(N'yq_collection_update') IS NOT NULL DROP TRIGGER yq_collection_update;
GO
CREATE TRIGGER yq_collection_update ON yq_collection AFTER UPDATE AS
BEGIN
  SET NOCOUNT ON;
  IF EXISTS (SELECT 1 FROM inserted AS i JOIN deleted AS d ON d.id = i.id
      WHERE EXISTS (
        SELECT
        i.id, CONVERT(varbinary(8000), i.collection_key), CONVERT(varbinary(8000), i.line_key),
        CONVERT(varbinary(8000), i.account_set), CONVERT(varbinary(8000), i.account), i.booked_on,
        CONVERT(varbinary(8000), i.booked_time), i.amount, CONVERT(varbinary(8000), i.currency),
        CONVERT(varbinary(8000), i.counter_account), CONVERT(varbinary(8000), i.counter_name),
        CONVERT(varbinary(8000), i.counter_bank), CONVERT(varbinary(8000), i.purpose),
        CONVERT(varbinary(8000), i.line_text), CONVERT(varbinary(8000), i.bank_serial), i.offered_at
        EXCEPT
        SELECT
        d.id, CONVERT(varbinary(8000), d.collection_key), CONVERT(varbinary(8000), d.line_key),
        CONVERT(varbinary(8000), d.account_set), CONVERT(varbinary(8000), d.account), d.booked_on,
        CONVERT(varbinary(8000), d.booked_time), d.amount, CONVERT(varbinary(8000), d.currency),
        CONVERT(varbinary(8000), d.counter_account), CONVERT(varbinary(8000), d.counter_name),
        CONVERT(varbinary(8000), d.counter_bank), CONVERT(varbinary(8000), d.purpose),
        CONVERT(varbinary(8000), d.line_text), CONVERT(varbinary(8000), d.bank_serial), d.offered_at))
  BEGIN
    RAISERROR(N'中间表：到款明细由连接器写入，不能修改 / the line of a collection is written by the connector and never changes', 16, 1);
    ROLLBACK TRANSACTION;
    RETURN;
  END;
  IF EXISTS (SELECT 1 FROM inserted AS i JOIN deleted AS d ON d.id = i.id
      WHERE d.status IN (N'booked', N'withdrawn') AND EXISTS (
        SELECT
        CONVERT(varbinary(8000), i.request), CONVERT(varbinary(8000), i.customer_code),
        CONVERT(varbinary(8000), i.document_no), CONVERT(varbinary(8000), i.claim_split),
        CONVERT(varbinary(8000), i.claimed_by), i.claim_no
        EXCEPT
        SELECT
        CONVERT(varbinary(8000), d.request), CONVERT(varbinary(8000), d.customer_code),
        CONVERT(varbinary(8000), d.document_no), CONVERT(varbinary(8000), d.claim_split),
        CONVERT(varbinary(8000), d.claimed_by), d.claim_no))
  BEGIN
    RAISERROR(N'中间表：此到款已入账或撤回，不能再认领 / this collection is booked or withdrawn and is frozen', 16, 1);
    ROLLBACK TRANSACTION;
    RETURN;
  END;
  IF EXISTS (SELECT 1 FROM inserted AS i JOIN deleted AS d ON d.id = i.id
      WHERE i.claim_no <= d.claim_no AND EXISTS (
        SELECT
        CONVERT(varbinary(8000), i.request), CONVERT(varbinary(8000), i.customer_code),
        CONVERT(varbinary(8000), i.document_no), CONVERT(varbinary(8000), i.claim_split),
        CONVERT(varbinary(8000), i.claimed_by), i.claim_no
        EXCEPT
        SELECT
        CONVERT(varbinary(8000), d.request), CONVERT(varbinary(8000), d.customer_code),
        CONVERT(varbinary(8000), d.document_no), CONVERT(varbinary(8000), d.claim_split),
        CONVERT(varbinary(8000), d.claimed_by), d.claim_no))
  BEGIN
    RAISERROR(N'中间表：每次认领或释放须把 claim_no 加一 / every claim or release must raise claim_no', 16, 1);
    ROLLBACK TRANSACTION;
    RETURN;
  END;
  IF EXISTS (SELECT 1 FROM inserted AS i JOIN deleted AS d ON d.id = i.id
      WHERE i.status_seq < d.status_seq OR i.answered_no < d.answered_no)
  BEGIN
    RAISERROR(N'中间表：状态列由连接器写入，状态序号不能倒退 / the status is written by the connector and never goes back', 16, 1);
    ROLLBACK TRANSACTION;
    RETURN;
  END;
END;
GO
