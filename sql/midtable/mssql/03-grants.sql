-- 银企直联中间表：角色与授权，最小权限 / Middle tables: roles and grants, least privilege.
-- SQL Server 2012 or later. Run in the database of the middle tables as its owner: sqlcmd -I -i <file> (or SSMS). May be run again.
-- 在中间表所在数据库以所有者身份执行，可重复执行。
-- yq_erp: what the ERP logs in with. yq_connector: what yinqi logs in with. Put your logins into them:
-- yq_erp 给 ERP 登录，yq_connector 给连接器登录；请把登录用户加入角色：
--   ALTER ROLE yq_connector ADD MEMBER [yinqi];   ALTER ROLE yq_erp ADD MEMBER [erp];

IF DATABASE_PRINCIPAL_ID(N'yq_erp') IS NULL CREATE ROLE yq_erp;
GO
IF DATABASE_PRINCIPAL_ID(N'yq_connector') IS NULL CREATE ROLE yq_connector;
GO

-- The ERP: reads everything but the archive; asks, withdraws, commands, claims, and gives voucher numbers.
GRANT SELECT ON yq_payment TO yq_erp;
GRANT SELECT ON yq_payment_event TO yq_erp;
GRANT SELECT ON yq_statement_line TO yq_erp;
GRANT SELECT ON yq_statement_withdrawal TO yq_erp;
GRANT SELECT ON yq_balance TO yq_erp;
GRANT SELECT ON yq_receipt TO yq_erp;
GRANT SELECT ON yq_journal TO yq_erp;
GRANT SELECT ON yq_journal_line TO yq_erp;
GRANT SELECT ON yq_journal_reversal TO yq_erp;
GRANT SELECT ON yq_collection TO yq_erp;
GRANT SELECT ON yq_ledger TO yq_erp;
GRANT SELECT ON yq_command TO yq_erp;
GRANT SELECT ON yq_heartbeat TO yq_erp;
GRANT INSERT ON yq_payment TO yq_erp;
GRANT UPDATE (source_system, account_set, doc_type, doc_no, doc_line, revision, company_code, payer_account,
  payer_name, payee_account, payee_name, payee_bank_name, payee_bank_code, payee_kind, payee_province,
  payee_city, amount, currency, purpose, postscript, business_type, requested_on, urgency, batch_no, maker,
  checker, request) ON yq_payment TO yq_erp;
GRANT INSERT ON yq_command TO yq_erp;
GRANT INSERT ON yq_ledger TO yq_erp;
GRANT UPDATE (line_id, ledger_account, booked_on, amount, currency, reference, counterparty, line_text, voucher_no,
  entry_key) ON yq_ledger TO yq_erp;
GRANT UPDATE (voucher_no, imported_at) ON yq_journal TO yq_erp;
GRANT UPDATE (request, customer_code, document_no, claim_split, claimed_by, claim_no) ON yq_collection TO yq_erp;
-- Untaken payments and its own journal lines it may delete; the trigger keeps the taken ones.
GRANT DELETE ON yq_payment TO yq_erp;
GRANT DELETE ON yq_ledger TO yq_erp;

-- The connector: never deletes, never changes a column of the ERP.
GRANT SELECT ON yq_payment TO yq_connector;
GRANT SELECT ON yq_payment_event TO yq_connector;
GRANT SELECT ON yq_statement_line TO yq_connector;
GRANT SELECT ON yq_statement_withdrawal TO yq_connector;
GRANT SELECT ON yq_balance TO yq_connector;
GRANT SELECT ON yq_receipt TO yq_connector;
GRANT SELECT ON yq_journal TO yq_connector;
GRANT SELECT ON yq_journal_line TO yq_connector;
GRANT SELECT ON yq_journal_reversal TO yq_connector;
GRANT SELECT ON yq_collection TO yq_connector;
GRANT SELECT ON yq_ledger TO yq_connector;
GRANT SELECT ON yq_command TO yq_connector;
GRANT SELECT ON yq_heartbeat TO yq_connector;
GRANT INSERT ON yq_payment TO yq_connector;
GRANT INSERT ON yq_payment_event TO yq_connector;
GRANT INSERT ON yq_statement_line TO yq_connector;
GRANT INSERT ON yq_statement_withdrawal TO yq_connector;
GRANT INSERT ON yq_balance TO yq_connector;
GRANT INSERT ON yq_receipt TO yq_connector;
GRANT INSERT ON yq_journal TO yq_connector;
GRANT INSERT ON yq_journal_line TO yq_connector;
GRANT INSERT ON yq_journal_reversal TO yq_connector;
GRANT INSERT ON yq_collection TO yq_connector;
GRANT INSERT ON yq_heartbeat TO yq_connector;
GRANT UPDATE (status, status_text, status_seq, error_code, bank_reference, bank_serial, settled_at, receipt_no,
  updated_at, taken_at, taken_by, cancel_taken_at) ON yq_payment TO yq_connector;
GRANT UPDATE (paid_source_system, paid_account_set, paid_doc_type, paid_doc_no, paid_doc_line, paid_revision) ON yq_statement_line TO yq_connector;
GRANT UPDATE (paid_source_system, paid_account_set, paid_doc_type, paid_doc_no, paid_doc_line, paid_revision) ON yq_receipt TO yq_connector;
GRANT UPDATE (voucher_taken_at, refusal_code, refusal_text, refused_at) ON yq_journal TO yq_connector;
GRANT UPDATE (answered_no, status, status_text, status_seq, entry_key, updated_at) ON yq_collection TO yq_connector;
GRANT UPDATE (status, answer, answered_at, taken_at, taken_by) ON yq_command TO yq_connector;
GRANT UPDATE (bridge, version, started_at, polled_at, polls) ON yq_heartbeat TO yq_connector;
GO
-- Lets doctor see whether the triggers are there. 供 doctor 检查触发器是否存在。
GRANT VIEW DEFINITION ON yq_payment TO yq_connector;
GRANT VIEW DEFINITION ON yq_payment_event TO yq_connector;
GRANT VIEW DEFINITION ON yq_journal TO yq_connector;
GRANT VIEW DEFINITION ON yq_collection TO yq_connector;
GO
