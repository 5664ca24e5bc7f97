-- 银企直联中间表：表、注释、索引 / Middle tables: tables, comments and indexes.
-- SQLite 3.38 or later. Run: sqlite3 <database file> < <file>. May be run again.
-- 可重复执行。
-- Each column has one writer, named in brackets. Times are UTC unless the comment says Asia-Shanghai.
-- 每列只有一个写入方，见方括号；除注明北京时间外，时间均为 UTC。
-- SQLite has no comments on columns: they stand beside each column here. / SQLite 无列注释，注释写在列旁。

-- 付款申请：一行一笔付款；未取走前 ERP 可改，取走后冻结 / payments asked for: one row each; the ERP may change it until it is taken, then it is frozen
CREATE TABLE IF NOT EXISTS yq_payment (
  -- 流水号 / row number [数据库 database]
    id INTEGER PRIMARY KEY AUTOINCREMENT,
  -- 来源系统，如 U8、SAP / source system, e.g. U8, SAP [ERP]
    source_system TEXT NOT NULL,
  -- 账套 / account set [ERP]
    account_set TEXT NOT NULL,
  -- 单据类型：AP49 付款单、GL 凭证、WA 工资等 / document type: AP49 payment, GL voucher, WA payroll, ... [ERP]
    doc_type TEXT NOT NULL,
  -- 单据号 / document number [ERP]
    doc_no TEXT NOT NULL,
  -- 单据行号，无行号填 1 / line of the document, 1 when it has none [ERP]
    doc_line INTEGER NOT NULL CHECK (typeof(doc_line) = 'integer'),
  -- 申请版次，从 1 起；失败、退票、撤销或无效后以新版次重新申请 / revision of the request, from 1; asked again as a later one after failed, returned, cancelled or invalid [ERP]
    revision INTEGER NOT NULL CHECK (typeof(revision) = 'integer'),
  -- 公司代码 / company code [ERP]
    company_code TEXT NOT NULL DEFAULT '',
  -- 付款账号 / account that pays [ERP]
    payer_account TEXT NOT NULL,
  -- 付款户名 / name of the account that pays [ERP]
    payer_name TEXT NOT NULL DEFAULT '',
  -- 收款账号 / account that is paid [ERP]
    payee_account TEXT NOT NULL,
  -- 收款户名 / name of the payee [ERP]
    payee_name TEXT NOT NULL,
  -- 收款开户行名称 / bank of the payee [ERP]
    payee_bank_name TEXT NOT NULL DEFAULT '',
  -- 收款行联行号 CNAPS，12 位数字 / CNAPS code of the bank of the payee, 12 digits [ERP]
    payee_bank_code TEXT NOT NULL DEFAULT '',
  -- 收款方类型：C 对公，P 对私 / payee is C a company, P a person [ERP]
    payee_kind TEXT NOT NULL DEFAULT '',
  -- 收款方省份 / province of the payee [ERP]
    payee_province TEXT NOT NULL DEFAULT '',
  -- 收款方城市 / city of the payee [ERP]
    payee_city TEXT NOT NULL DEFAULT '',
  -- 金额，元；必须符合币种的小数位数，否则拒绝 / amount in major units; exact in the decimals of the currency, or refused [ERP]
    amount NOT NULL
    -- No type here: TEXT would round a literal of more than 15 digits unseen. A number that may have lost digits is refused;
    -- write large amounts in quotes. A trigger turns what is left into text.
    -- 此列不声明类型：15 位以上的数字字面量会被悄悄舍入，故拒绝；大额请加引号写成文本。
    CHECK (typeof(amount) = 'text' OR (typeof(amount) IN ('integer', 'real') AND abs(amount) < 100000000000)),
  -- 币种，ISO 4217，人民币为 CNY / currency, ISO 4217, renminbi is CNY [ERP]
    currency TEXT NOT NULL,
  -- 用途 / purpose [ERP]
    purpose TEXT NOT NULL DEFAULT '',
  -- 附言 / postscript [ERP]
    postscript TEXT NOT NULL DEFAULT '',
  -- 业务类型：supplier 供应商、payroll 工资、expense 报销、transfer 调拨、tax 税款等 / business type: supplier, payroll, expense, transfer, tax, ... [ERP]
    business_type TEXT NOT NULL DEFAULT '',
  -- 期望付款日期，北京时间 / day on which to pay, Asia-Shanghai [ERP]
    requested_on TEXT,
  -- normal 普通，urgent 加急 / normal or urgent [ERP]
    urgency TEXT NOT NULL DEFAULT 'normal',
  -- 批次号 / batch number [ERP]
    batch_no TEXT NOT NULL DEFAULT '',
  -- 制单人 / maker [ERP]
    maker TEXT NOT NULL DEFAULT '',
  -- 审核人 / checker [ERP]
    checker TEXT NOT NULL DEFAULT '',
  -- 请求：pay 付款，cancel 撤销（取走后唯一允许的修改） / pay, or cancel to withdraw (the only change allowed once taken) [ERP]
    request TEXT NOT NULL DEFAULT 'pay',
  -- 写入时间，UTC / when it was written, UTC [ERP]
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now')),
  -- 状态：new 新、held 待审批、ready 待发送、sending 发送中、accepted 银行已受理、unknown 结果未明、settled 支付成功、failed 支付失败、returned 退票、cancelled 已撤销、invalid 无效 / status: new, held, ready, sending, accepted, unknown, settled, failed, returned, cancelled, invalid [连接器 connector]
    status TEXT NOT NULL DEFAULT 'new',
  -- 状态说明 / status in words [连接器 connector]
    status_text TEXT NOT NULL DEFAULT '',
  -- 状态序号，只增不减 / rises with every status, never falls [连接器 connector]
    status_seq INTEGER NOT NULL DEFAULT 0,
  -- 错误码 / error code [连接器 connector]
    error_code TEXT NOT NULL DEFAULT '',
  -- 发给银行的参考号 / our reference at the bank [连接器 connector]
    bank_reference TEXT NOT NULL DEFAULT '',
  -- 银行流水号 / serial number of the bank [连接器 connector]
    bank_serial TEXT NOT NULL DEFAULT '',
  -- 支付成功时间，UTC / when it was settled, UTC [连接器 connector]
    settled_at TEXT,
  -- 电子回单号 / receipt number [连接器 connector]
    receipt_no TEXT NOT NULL DEFAULT '',
  -- 状态更新时间，UTC / when the status changed, UTC [连接器 connector]
    updated_at TEXT,
  -- 取走时间，UTC；非空即冻结 / when it was taken, UTC; frozen from then on [连接器 connector]
    taken_at TEXT,
  -- 取走的连接器实例 / instance that took it [连接器 connector]
    taken_by TEXT NOT NULL DEFAULT '',
  -- 撤销请求收妥时间，UTC / when the withdrawal was received for good, UTC [连接器 connector]
    cancel_taken_at TEXT,
  CONSTRAINT uq_yq_payment UNIQUE (source_system, account_set, doc_type, doc_no, doc_line, revision),
  CONSTRAINT ck_yq_payment_request CHECK (request IN ('pay', 'cancel'))
);

-- 付款状态流水：每一步一行，只增不改 / every step of every payment: append only
CREATE TABLE IF NOT EXISTS yq_payment_event (
  -- 流水号 / row number [数据库 database]
    id INTEGER PRIMARY KEY AUTOINCREMENT,
  -- 来源系统，如 U8、SAP / source system, e.g. U8, SAP [连接器 connector]
    source_system TEXT NOT NULL,
  -- 账套 / account set [连接器 connector]
    account_set TEXT NOT NULL,
  -- 单据类型：AP49 付款单、GL 凭证、WA 工资等 / document type: AP49 payment, GL voucher, WA payroll, ... [连接器 connector]
    doc_type TEXT NOT NULL,
  -- 单据号 / document number [连接器 connector]
    doc_no TEXT NOT NULL,
  -- 单据行号，无行号填 1 / line of the document, 1 when it has none [连接器 connector]
    doc_line INTEGER NOT NULL CHECK (typeof(doc_line) = 'integer'),
  -- 申请版次，从 1 起；失败、退票、撤销或无效后以新版次重新申请 / revision of the request, from 1; asked again as a later one after failed, returned, cancelled or invalid [连接器 connector]
    revision INTEGER NOT NULL CHECK (typeof(revision) = 'integer'),
  -- 状态序号 / sequence of the status [连接器 connector]
    seq INTEGER NOT NULL,
  -- 状态 / status [连接器 connector]
    status TEXT NOT NULL,
  -- 状态说明 / status in words [连接器 connector]
    status_text TEXT NOT NULL DEFAULT '',
  -- 原因 / what caused it [连接器 connector]
    cause TEXT NOT NULL DEFAULT '',
  -- 错误码 / error code [连接器 connector]
    error_code TEXT NOT NULL DEFAULT '',
  -- 发给银行的参考号 / our reference at the bank [连接器 connector]
    bank_reference TEXT NOT NULL DEFAULT '',
  -- 银行流水号 / serial number of the bank [连接器 connector]
    bank_serial TEXT NOT NULL DEFAULT '',
  -- 发生时间，UTC / when it happened, UTC [连接器 connector]
    happened_at TEXT NOT NULL,
  -- 写入时间，UTC / when it was written, UTC [连接器 connector]
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now')),
  CONSTRAINT uq_yq_payment_event UNIQUE (source_system, account_set, doc_type, doc_no, doc_line, revision, seq)
);

-- 银行流水明细：每笔一行 / bank statement lines: each once
CREATE TABLE IF NOT EXISTS yq_statement_line (
  -- 流水号 / row number [数据库 database]
    id INTEGER PRIMARY KEY AUTOINCREMENT,
  -- 明细唯一键 / key of the line [连接器 connector]
    line_key TEXT NOT NULL,
  -- 银行账号 / bank account [连接器 connector]
    account TEXT NOT NULL,
  -- 银行明细编号 / id of the line at the bank [连接器 connector]
    bank_line_id TEXT NOT NULL DEFAULT '',
  -- 记账日期，北京时间 / day booked, Asia-Shanghai [连接器 connector]
    booked_on TEXT NOT NULL,
  -- 记账时间 HH:mm:ss，北京时间 / time booked, Asia-Shanghai [连接器 connector]
    booked_time TEXT NOT NULL DEFAULT '',
  -- 起息日 / value date [连接器 connector]
    value_on TEXT,
  -- 金额，账户角度：支出为负 / amount from the view of the account: money out is negative [连接器 connector]
    amount TEXT NOT NULL,
  -- 币种 / currency [连接器 connector]
    currency TEXT NOT NULL,
  -- 交易后余额 / balance after the line [连接器 connector]
    balance_after TEXT,
  -- 对方账号 / account of the counterparty [连接器 connector]
    counter_account TEXT NOT NULL DEFAULT '',
  -- 对方户名 / name of the counterparty [连接器 connector]
    counter_name TEXT NOT NULL DEFAULT '',
  -- 对方行名 / bank of the counterparty [连接器 connector]
    counter_bank TEXT NOT NULL DEFAULT '',
  -- 用途 / purpose [连接器 connector]
    purpose TEXT NOT NULL DEFAULT '',
  -- 摘要附言 / text [连接器 connector]
    line_text TEXT NOT NULL DEFAULT '',
  -- 我方参考号 / our reference as the bank carried it [连接器 connector]
    bank_reference TEXT NOT NULL DEFAULT '',
  -- 银行流水号 / serial number of the bank [连接器 connector]
    bank_serial TEXT NOT NULL DEFAULT '',
  -- 冲正或退汇 / takes back an earlier line [连接器 connector]
    is_reversal INTEGER NOT NULL DEFAULT 0,
  -- 银行交易类型 / transaction type of the bank [连接器 connector]
    line_type TEXT NOT NULL DEFAULT '',
  -- 所付单据：来源系统，如 U8、SAP / document it belongs to: source system, e.g. U8, SAP [连接器 connector]
    paid_source_system TEXT,
  -- 所付单据：账套 / document it belongs to: account set [连接器 connector]
    paid_account_set TEXT,
  -- 所付单据：单据类型：AP49 付款单、GL 凭证、WA 工资等 / document it belongs to: document type: AP49 payment, GL voucher, WA payroll, ... [连接器 connector]
    paid_doc_type TEXT,
  -- 所付单据：单据号 / document it belongs to: document number [连接器 connector]
    paid_doc_no TEXT,
  -- 所付单据：单据行号，无行号填 1 / document it belongs to: line of the document, 1 when it has none [连接器 connector]
    paid_doc_line INTEGER CHECK (typeof(paid_doc_line) = 'integer' OR paid_doc_line IS NULL),
  -- 所付单据：申请版次，从 1 起；失败、退票、撤销或无效后以新版次重新申请 / document it belongs to: revision of the request, from 1; asked again as a later one after failed, returned, cancelled or invalid [连接器 connector]
    paid_revision INTEGER CHECK (typeof(paid_revision) = 'integer' OR paid_revision IS NULL),
  -- 导入时间，UTC / when it was imported, UTC [连接器 connector]
    imported_at TEXT NOT NULL,
  CONSTRAINT uq_yq_statement_line UNIQUE (line_key)
);

-- 流水撤回：银行更正或撤销、由具名的人撤回或恢复的明细 / bank lines that a named person withdrew or restored, because the bank changed or took back what it said
CREATE TABLE IF NOT EXISTS yq_statement_withdrawal (
  -- 流水号 / row number [数据库 database]
    id INTEGER PRIMARY KEY AUTOINCREMENT,
  -- 明细唯一键，即 yq_statement_line.line_key / key of the line in yq_statement_line [连接器 connector]
    line_key TEXT NOT NULL,
  -- 次序，从 1 起：最大者为现状 / counts from 1: the greatest says how it is now [连接器 connector]
    turn INTEGER NOT NULL,
  -- withdrawn 已撤回、restored 已恢复 / withdrawn, restored [连接器 connector]
    state TEXT NOT NULL,
  -- 经手人 / who [连接器 connector]
    person TEXT NOT NULL DEFAULT '',
  -- 理由 / why [连接器 connector]
    reason TEXT NOT NULL DEFAULT '',
  -- 时间，UTC / when, UTC [连接器 connector]
    happened_at TEXT NOT NULL,
  CONSTRAINT uq_yq_statement_withdrawal UNIQUE (line_key, turn),
  CONSTRAINT ck_yq_statement_withdrawal_state CHECK (state IN ('withdrawn', 'restored'))
);

-- 账户余额 / account balances
CREATE TABLE IF NOT EXISTS yq_balance (
  -- 流水号 / row number [数据库 database]
    id INTEGER PRIMARY KEY AUTOINCREMENT,
  -- 余额唯一键 / key of the balance [连接器 connector]
    balance_key TEXT NOT NULL,
  -- 银行账号 / bank account [连接器 connector]
    account TEXT NOT NULL,
  -- 银行时点，北京时间 / time at the bank, Asia-Shanghai [连接器 connector]
    as_of TEXT NOT NULL,
  -- 币种 / currency [连接器 connector]
    currency TEXT NOT NULL,
  -- 当前余额 / current balance [连接器 connector]
    current_amount TEXT NOT NULL,
  -- 可用余额 / available balance [连接器 connector]
    available_amount TEXT,
  -- 冻结金额 / frozen amount [连接器 connector]
    frozen_amount TEXT,
  -- 上日余额 / closing balance of the previous day [连接器 connector]
    previous_day_amount TEXT,
  -- 取得时间，UTC / when it was fetched, UTC [连接器 connector]
    fetched_at TEXT NOT NULL,
  CONSTRAINT uq_yq_balance UNIQUE (balance_key)
);

-- 电子回单 / bank receipts
CREATE TABLE IF NOT EXISTS yq_receipt (
  -- 流水号 / row number [数据库 database]
    id INTEGER PRIMARY KEY AUTOINCREMENT,
  -- 回单唯一键 / key of the receipt [连接器 connector]
    receipt_key TEXT NOT NULL,
  -- 银行账号 / bank account [连接器 connector]
    account TEXT NOT NULL,
  -- 对应明细的唯一键 / key of its statement line [连接器 connector]
    line_key TEXT NOT NULL DEFAULT '',
  -- 回单号 / receipt number [连接器 connector]
    receipt_no TEXT NOT NULL DEFAULT '',
  -- 文件类型 / media type [连接器 connector]
    media_type TEXT NOT NULL DEFAULT '',
  -- 文件摘要 / digest of the file [连接器 connector]
    digest TEXT NOT NULL DEFAULT '',
  -- 所付单据：来源系统，如 U8、SAP / document it belongs to: source system, e.g. U8, SAP [连接器 connector]
    paid_source_system TEXT,
  -- 所付单据：账套 / document it belongs to: account set [连接器 connector]
    paid_account_set TEXT,
  -- 所付单据：单据类型：AP49 付款单、GL 凭证、WA 工资等 / document it belongs to: document type: AP49 payment, GL voucher, WA payroll, ... [连接器 connector]
    paid_doc_type TEXT,
  -- 所付单据：单据号 / document it belongs to: document number [连接器 connector]
    paid_doc_no TEXT,
  -- 所付单据：单据行号，无行号填 1 / document it belongs to: line of the document, 1 when it has none [连接器 connector]
    paid_doc_line INTEGER CHECK (typeof(paid_doc_line) = 'integer' OR paid_doc_line IS NULL),
  -- 所付单据：申请版次，从 1 起；失败、退票、撤销或无效后以新版次重新申请 / document it belongs to: revision of the request, from 1; asked again as a later one after failed, returned, cancelled or invalid [连接器 connector]
    paid_revision INTEGER CHECK (typeof(paid_revision) = 'integer' OR paid_revision IS NULL),
  -- 取得时间，UTC / when it was fetched, UTC [连接器 connector]
    fetched_at TEXT NOT NULL,
  CONSTRAINT uq_yq_receipt UNIQUE (receipt_key)
);

-- 记账凭证：供 ERP 导入，ERP 回写凭证号 / journal entries for the ERP to import; it writes its voucher number back
CREATE TABLE IF NOT EXISTS yq_journal (
  -- 流水号 / row number [数据库 database]
    id INTEGER PRIMARY KEY AUTOINCREMENT,
  -- 凭证唯一键 / key of the entry [连接器 connector]
    entry_key TEXT NOT NULL,
  -- 账套 / account set [连接器 connector]
    account_set TEXT NOT NULL DEFAULT '',
  -- 凭证日期 / voucher date [连接器 connector]
    voucher_date TEXT NOT NULL,
  -- 凭证类别字 / voucher type [连接器 connector]
    voucher_type TEXT NOT NULL DEFAULT '',
  -- 摘要 / summary [连接器 connector]
    summary TEXT NOT NULL DEFAULT '',
  -- 制单人 / maker [连接器 connector]
    maker TEXT NOT NULL DEFAULT '',
  -- 所付单据：来源系统，如 U8、SAP / document it belongs to: source system, e.g. U8, SAP [连接器 connector]
    paid_source_system TEXT,
  -- 所付单据：账套 / document it belongs to: account set [连接器 connector]
    paid_account_set TEXT,
  -- 所付单据：单据类型：AP49 付款单、GL 凭证、WA 工资等 / document it belongs to: document type: AP49 payment, GL voucher, WA payroll, ... [连接器 connector]
    paid_doc_type TEXT,
  -- 所付单据：单据号 / document it belongs to: document number [连接器 connector]
    paid_doc_no TEXT,
  -- 所付单据：单据行号，无行号填 1 / document it belongs to: line of the document, 1 when it has none [连接器 connector]
    paid_doc_line INTEGER CHECK (typeof(paid_doc_line) = 'integer' OR paid_doc_line IS NULL),
  -- 所付单据：申请版次，从 1 起；失败、退票、撤销或无效后以新版次重新申请 / document it belongs to: revision of the request, from 1; asked again as a later one after failed, returned, cancelled or invalid [连接器 connector]
    paid_revision INTEGER CHECK (typeof(paid_revision) = 'integer' OR paid_revision IS NULL),
  -- 生成规则 / rule that made it [连接器 connector]
    rule_name TEXT NOT NULL DEFAULT '',
  -- 写入时间，UTC / when it was written, UTC [连接器 connector]
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now')),
  -- ERP 凭证号 / voucher number of the ERP [ERP]
    voucher_no TEXT,
  -- ERP 导入时间，UTC / when the ERP imported it, UTC [ERP]
    imported_at TEXT,
  -- 凭证号收妥时间，UTC / when the voucher number was received for good, UTC [连接器 connector]
    voucher_taken_at TEXT,
  -- 拒绝码，空为未被拒 / code of the refusal, empty when not refused [连接器 connector]
    refusal_code TEXT NOT NULL DEFAULT '',
  -- 拒绝原因与处理办法 / why it was refused and what to do [连接器 connector]
    refusal_text TEXT NOT NULL DEFAULT '',
  -- 被拒时间，UTC / when it was refused, UTC [连接器 connector]
    refused_at TEXT,
  CONSTRAINT uq_yq_journal UNIQUE (entry_key)
);

-- 记账凭证分录：借贷相等 / lines of journal entries: debits equal credits
CREATE TABLE IF NOT EXISTS yq_journal_line (
  -- 流水号 / row number [数据库 database]
    id INTEGER PRIMARY KEY AUTOINCREMENT,
  -- 凭证唯一键 / key of the entry [连接器 connector]
    entry_key TEXT NOT NULL,
  -- 行号，从 1 起 / line number, from 1 [连接器 connector]
    line_no INTEGER NOT NULL CHECK (typeof(line_no) = 'integer'),
  -- 科目编码 / ledger account [连接器 connector]
    account TEXT NOT NULL,
  -- debit 借，credit 贷 / debit or credit [连接器 connector]
    side TEXT NOT NULL,
  -- 金额 / amount [连接器 connector]
    amount TEXT NOT NULL,
  -- 币种 / currency [连接器 connector]
    currency TEXT NOT NULL,
  -- 摘要 / summary [连接器 connector]
    summary TEXT NOT NULL DEFAULT '',
  -- 供应商 / supplier [连接器 connector]
    supplier TEXT NOT NULL DEFAULT '',
  -- 客户 / customer [连接器 connector]
    customer TEXT NOT NULL DEFAULT '',
  -- 部门 / department [连接器 connector]
    department TEXT NOT NULL DEFAULT '',
  -- 个人 / person [连接器 connector]
    person TEXT NOT NULL DEFAULT '',
  -- 项目大类 / item class [连接器 connector]
    item_class TEXT NOT NULL DEFAULT '',
  -- 项目 / item [连接器 connector]
    item TEXT NOT NULL DEFAULT '',
  -- 现金流量项目 / cash flow item [连接器 connector]
    cash_flow_item TEXT NOT NULL DEFAULT '',
  -- 结算方式 / settlement style [连接器 connector]
    settlement_style TEXT NOT NULL DEFAULT '',
  -- 结算号 / settlement number [连接器 connector]
    settlement_number TEXT NOT NULL DEFAULT '',
  -- 结算日期 / settlement date [连接器 connector]
    settlement_date TEXT,
  CONSTRAINT uq_yq_journal_line UNIQUE (entry_key, line_no),
  CONSTRAINT ck_yq_journal_line_side CHECK (side IN ('debit', 'credit'))
);

-- 凭证冲销关系：红字凭证所冲销的凭证；红字凭证的金额为负 / which entry a red entry takes back; the amounts of a red entry are negative
CREATE TABLE IF NOT EXISTS yq_journal_reversal (
  -- 流水号 / row number [数据库 database]
    id INTEGER PRIMARY KEY AUTOINCREMENT,
  -- 红字凭证的唯一键 / key of the red entry [连接器 connector]
    entry_key TEXT NOT NULL,
  -- 被冲销凭证的唯一键 / key of the entry that is taken back [连接器 connector]
    reverses_key TEXT NOT NULL,
  -- 被冲销凭证的日期 / date of the entry that is taken back [连接器 connector]
    reverses_date TEXT NOT NULL,
  -- 被冲销凭证的类别字 / its voucher type [连接器 connector]
    reverses_voucher_type TEXT NOT NULL DEFAULT '',
  -- 被冲销凭证的 ERP 凭证号，未知为空 / its voucher number of the ERP, empty when not known [连接器 connector]
    reverses_voucher_no TEXT NOT NULL DEFAULT '',
  -- 冲销原因 / why it is taken back [连接器 connector]
    reason TEXT NOT NULL DEFAULT '',
  -- 写入时间，UTC / when it was written, UTC [连接器 connector]
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now')),
  CONSTRAINT uq_yq_journal_reversal UNIQUE (entry_key),
  CONSTRAINT uq_yq_journal_reversal_of UNIQUE (reverses_key)
);

-- 到款通知：来款一笔一行，由 ERP 认领，入账后冻结 / incoming money to be claimed: one row a bank line; the ERP claims it, once booked it is frozen
CREATE TABLE IF NOT EXISTS yq_collection (
  -- 流水号 / row number [数据库 database]
    id INTEGER PRIMARY KEY AUTOINCREMENT,
  -- 到款唯一键 / key of the collection [连接器 connector]
    collection_key TEXT NOT NULL,
  -- 对应明细的唯一键 / key of its statement line [连接器 connector]
    line_key TEXT NOT NULL,
  -- 账套 / account set [连接器 connector]
    account_set TEXT NOT NULL DEFAULT '',
  -- 银行账号 / bank account [连接器 connector]
    account TEXT NOT NULL,
  -- 记账日期，北京时间 / day booked, Asia-Shanghai [连接器 connector]
    booked_on TEXT NOT NULL,
  -- 记账时间 HH:mm:ss，北京时间 / time booked, Asia-Shanghai [连接器 connector]
    booked_time TEXT NOT NULL DEFAULT '',
  -- 到款金额 / amount that came in [连接器 connector]
    amount TEXT NOT NULL,
  -- 币种 / currency [连接器 connector]
    currency TEXT NOT NULL,
  -- 对方账号 / account of the counterparty [连接器 connector]
    counter_account TEXT NOT NULL DEFAULT '',
  -- 对方户名 / name of the counterparty [连接器 connector]
    counter_name TEXT NOT NULL DEFAULT '',
  -- 对方行名 / bank of the counterparty [连接器 connector]
    counter_bank TEXT NOT NULL DEFAULT '',
  -- 用途 / purpose [连接器 connector]
    purpose TEXT NOT NULL DEFAULT '',
  -- 摘要附言 / text [连接器 connector]
    line_text TEXT NOT NULL DEFAULT '',
  -- 银行流水号 / serial number of the bank [连接器 connector]
    bank_serial TEXT NOT NULL DEFAULT '',
  -- 通知时间，UTC / when it was offered, UTC [连接器 connector]
    offered_at TEXT NOT NULL,
  -- 请求：claim 认领，release 释放 / claim, or release to give it back [ERP]
    request TEXT NOT NULL DEFAULT '',
  -- 客户编码；拆分认领时留空 / code of the customer, empty when it is split [ERP]
    customer_code TEXT NOT NULL DEFAULT '',
  -- 所收单据号，可空 / document that is paid, may be empty [ERP]
    document_no TEXT NOT NULL DEFAULT '',
  -- 拆分：「客户:单据:金额」，以分号分隔，合计须等于到款金额 / parts as customer:document:amount with semicolons between, which add up to the amount [ERP]
    claim_split TEXT NOT NULL DEFAULT '',
  -- 认领人 / who claims it [ERP]
    claimed_by TEXT NOT NULL DEFAULT '',
  -- 请求序号：每次请求加一，其余认领列只能随它一起修改 / number of the request: raised by one with each; the other columns of a claim change with it alone [ERP]
    claim_no INTEGER NOT NULL DEFAULT 0 CHECK (typeof(claim_no) = 'integer'),
  -- 已答复的请求序号 / number of the request that was answered [连接器 connector]
    answered_no INTEGER NOT NULL DEFAULT 0 CHECK (typeof(answered_no) = 'integer'),
  -- 状态：open 待认领、claimed 已认领、booked 已入账、withdrawn 已撤回 / status: open, claimed, booked, withdrawn [连接器 connector]
    status TEXT NOT NULL DEFAULT 'open',
  -- 状态说明，也是对请求的答复 / status in words, and the answer to a request [连接器 connector]
    status_text TEXT NOT NULL DEFAULT '',
  -- 状态序号，只增不减 / rises with every status, never falls [连接器 connector]
    status_seq INTEGER NOT NULL DEFAULT 0,
  -- 入账凭证的唯一键 / key of the entry that books it [连接器 connector]
    entry_key TEXT NOT NULL DEFAULT '',
  -- 状态更新时间，UTC / when the status changed, UTC [连接器 connector]
    updated_at TEXT,
  CONSTRAINT uq_yq_collection UNIQUE (collection_key)
);

-- 银行存款日记账：对账用，可换成同名同列的视图 / bank-deposit journal of the ERP, for reconciliation; may be replaced by a view of the same columns
CREATE TABLE IF NOT EXISTS yq_ledger (
  -- 流水号 / row number [数据库 database]
    id INTEGER PRIMARY KEY AUTOINCREMENT,
  -- 日记账行唯一键 / key of the line [ERP]
    line_id TEXT NOT NULL,
  -- 科目编码 / ledger account [ERP]
    ledger_account TEXT NOT NULL,
  -- 记账日期 / day booked [ERP]
    booked_on TEXT NOT NULL,
  -- 金额，账户角度：支出为负 / amount from the view of the account: money out is negative [ERP]
    amount TEXT NOT NULL,
  -- 币种 / currency [ERP]
    currency TEXT NOT NULL,
  -- 结算号或参考号 / settlement number or reference [ERP]
    reference TEXT NOT NULL DEFAULT '',
  -- 对方 / counterparty [ERP]
    counterparty TEXT NOT NULL DEFAULT '',
  -- 摘要 / text [ERP]
    line_text TEXT NOT NULL DEFAULT '',
  -- 凭证号 / voucher number [ERP]
    voucher_no TEXT NOT NULL DEFAULT '',
  -- 来自连接器的凭证唯一键 / key of the entry when it came from the connector [ERP]
    entry_key TEXT NOT NULL DEFAULT '',
  CONSTRAINT uq_yq_ledger UNIQUE (line_id)
);

-- 即时指令：要求立即取余额或明细，原行回答 / asks for a balance or statement now, and is answered in place
CREATE TABLE IF NOT EXISTS yq_command (
  -- 流水号 / row number [数据库 database]
    id INTEGER PRIMARY KEY AUTOINCREMENT,
  -- 指令：balance 余额，statement 明细 / balance or statement [ERP]
    command TEXT NOT NULL,
  -- 银行账号 / bank account [ERP]
    account TEXT NOT NULL DEFAULT '',
  -- 起始日期 / first day [ERP]
    date_from TEXT,
  -- 截止日期 / last day [ERP]
    date_to TEXT,
  -- 申请人 / who asks [ERP]
    requested_by TEXT NOT NULL DEFAULT '',
  -- 写入时间，UTC / when it was written, UTC [ERP]
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now')),
  -- 状态：new 新，done 完成，failed 失败 / new, done or failed [连接器 connector]
    status TEXT NOT NULL DEFAULT 'new',
  -- 回答 / answer [连接器 connector]
    answer TEXT NOT NULL DEFAULT '',
  -- 回答时间，UTC / when it was answered, UTC [连接器 connector]
    answered_at TEXT,
  -- 取走时间，UTC / when it was taken, UTC [连接器 connector]
    taken_at TEXT,
  -- 取走的连接器实例 / instance that took it [连接器 connector]
    taken_by TEXT NOT NULL DEFAULT ''
);

-- 心跳：每个连接器实例一行 / heartbeat: one row an instance
CREATE TABLE IF NOT EXISTS yq_heartbeat (
  -- 连接器实例 / instance [连接器 connector]
    instance TEXT NOT NULL,
  -- 桥接名称 / bridge [连接器 connector]
    bridge TEXT NOT NULL DEFAULT '',
  -- 版本 / version [连接器 connector]
    version TEXT NOT NULL DEFAULT '',
  -- 启动时间，UTC / when it started, UTC [连接器 connector]
    started_at TEXT,
  -- 最近轮询时间，UTC / last poll, UTC [连接器 connector]
    polled_at TEXT,
  -- 轮询次数 / number of polls [连接器 connector]
    polls INTEGER NOT NULL DEFAULT 0,
  CONSTRAINT pk_yq_heartbeat PRIMARY KEY (instance)
);

-- 付款申请归档 / archived payments
CREATE TABLE IF NOT EXISTS yq_payment_archive (
  -- 流水号 / row number [数据库 database]
    id INTEGER PRIMARY KEY,
  -- 来源系统，如 U8、SAP / source system, e.g. U8, SAP [ERP]
    source_system TEXT NOT NULL,
  -- 账套 / account set [ERP]
    account_set TEXT NOT NULL,
  -- 单据类型：AP49 付款单、GL 凭证、WA 工资等 / document type: AP49 payment, GL voucher, WA payroll, ... [ERP]
    doc_type TEXT NOT NULL,
  -- 单据号 / document number [ERP]
    doc_no TEXT NOT NULL,
  -- 单据行号，无行号填 1 / line of the document, 1 when it has none [ERP]
    doc_line INTEGER NOT NULL,
  -- 申请版次，从 1 起；失败、退票、撤销或无效后以新版次重新申请 / revision of the request, from 1; asked again as a later one after failed, returned, cancelled or invalid [ERP]
    revision INTEGER NOT NULL,
  -- 公司代码 / company code [ERP]
    company_code TEXT NOT NULL,
  -- 付款账号 / account that pays [ERP]
    payer_account TEXT NOT NULL,
  -- 付款户名 / name of the account that pays [ERP]
    payer_name TEXT NOT NULL,
  -- 收款账号 / account that is paid [ERP]
    payee_account TEXT NOT NULL,
  -- 收款户名 / name of the payee [ERP]
    payee_name TEXT NOT NULL,
  -- 收款开户行名称 / bank of the payee [ERP]
    payee_bank_name TEXT NOT NULL,
  -- 收款行联行号 CNAPS，12 位数字 / CNAPS code of the bank of the payee, 12 digits [ERP]
    payee_bank_code TEXT NOT NULL,
  -- 收款方类型：C 对公，P 对私 / payee is C a company, P a person [ERP]
    payee_kind TEXT NOT NULL,
  -- 收款方省份 / province of the payee [ERP]
    payee_province TEXT NOT NULL,
  -- 收款方城市 / city of the payee [ERP]
    payee_city TEXT NOT NULL,
  -- 金额，元；必须符合币种的小数位数，否则拒绝 / amount in major units; exact in the decimals of the currency, or refused [ERP]
    amount NOT NULL,
  -- 币种，ISO 4217，人民币为 CNY / currency, ISO 4217, renminbi is CNY [ERP]
    currency TEXT NOT NULL,
  -- 用途 / purpose [ERP]
    purpose TEXT NOT NULL,
  -- 附言 / postscript [ERP]
    postscript TEXT NOT NULL,
  -- 业务类型：supplier 供应商、payroll 工资、expense 报销、transfer 调拨、tax 税款等 / business type: supplier, payroll, expense, transfer, tax, ... [ERP]
    business_type TEXT NOT NULL,
  -- 期望付款日期，北京时间 / day on which to pay, Asia-Shanghai [ERP]
    requested_on TEXT,
  -- normal 普通，urgent 加急 / normal or urgent [ERP]
    urgency TEXT NOT NULL,
  -- 批次号 / batch number [ERP]
    batch_no TEXT NOT NULL,
  -- 制单人 / maker [ERP]
    maker TEXT NOT NULL,
  -- 审核人 / checker [ERP]
    checker TEXT NOT NULL,
  -- 请求：pay 付款，cancel 撤销（取走后唯一允许的修改） / pay, or cancel to withdraw (the only change allowed once taken) [ERP]
    request TEXT NOT NULL,
  -- 写入时间，UTC / when it was written, UTC [ERP]
    created_at TEXT NOT NULL,
  -- 状态：new 新、held 待审批、ready 待发送、sending 发送中、accepted 银行已受理、unknown 结果未明、settled 支付成功、failed 支付失败、returned 退票、cancelled 已撤销、invalid 无效 / status: new, held, ready, sending, accepted, unknown, settled, failed, returned, cancelled, invalid [连接器 connector]
    status TEXT NOT NULL,
  -- 状态说明 / status in words [连接器 connector]
    status_text TEXT NOT NULL,
  -- 状态序号，只增不减 / rises with every status, never falls [连接器 connector]
    status_seq INTEGER NOT NULL,
  -- 错误码 / error code [连接器 connector]
    error_code TEXT NOT NULL,
  -- 发给银行的参考号 / our reference at the bank [连接器 connector]
    bank_reference TEXT NOT NULL,
  -- 银行流水号 / serial number of the bank [连接器 connector]
    bank_serial TEXT NOT NULL,
  -- 支付成功时间，UTC / when it was settled, UTC [连接器 connector]
    settled_at TEXT,
  -- 电子回单号 / receipt number [连接器 connector]
    receipt_no TEXT NOT NULL,
  -- 状态更新时间，UTC / when the status changed, UTC [连接器 connector]
    updated_at TEXT,
  -- 取走时间，UTC；非空即冻结 / when it was taken, UTC; frozen from then on [连接器 connector]
    taken_at TEXT,
  -- 取走的连接器实例 / instance that took it [连接器 connector]
    taken_by TEXT NOT NULL,
  -- 撤销请求收妥时间，UTC / when the withdrawal was received for good, UTC [连接器 connector]
    cancel_taken_at TEXT,
  -- 归档时间，UTC / when it was archived, UTC [DBA]
    archived_at TEXT NOT NULL
);

-- 付款状态流水归档 / archived payment events
CREATE TABLE IF NOT EXISTS yq_payment_event_archive (
  -- 流水号 / row number [数据库 database]
    id INTEGER PRIMARY KEY,
  -- 来源系统，如 U8、SAP / source system, e.g. U8, SAP [连接器 connector]
    source_system TEXT NOT NULL,
  -- 账套 / account set [连接器 connector]
    account_set TEXT NOT NULL,
  -- 单据类型：AP49 付款单、GL 凭证、WA 工资等 / document type: AP49 payment, GL voucher, WA payroll, ... [连接器 connector]
    doc_type TEXT NOT NULL,
  -- 单据号 / document number [连接器 connector]
    doc_no TEXT NOT NULL,
  -- 单据行号，无行号填 1 / line of the document, 1 when it has none [连接器 connector]
    doc_line INTEGER NOT NULL,
  -- 申请版次，从 1 起；失败、退票、撤销或无效后以新版次重新申请 / revision of the request, from 1; asked again as a later one after failed, returned, cancelled or invalid [连接器 connector]
    revision INTEGER NOT NULL,
  -- 状态序号 / sequence of the status [连接器 connector]
    seq INTEGER NOT NULL,
  -- 状态 / status [连接器 connector]
    status TEXT NOT NULL,
  -- 状态说明 / status in words [连接器 connector]
    status_text TEXT NOT NULL,
  -- 原因 / what caused it [连接器 connector]
    cause TEXT NOT NULL,
  -- 错误码 / error code [连接器 connector]
    error_code TEXT NOT NULL,
  -- 发给银行的参考号 / our reference at the bank [连接器 connector]
    bank_reference TEXT NOT NULL,
  -- 银行流水号 / serial number of the bank [连接器 connector]
    bank_serial TEXT NOT NULL,
  -- 发生时间，UTC / when it happened, UTC [连接器 connector]
    happened_at TEXT NOT NULL,
  -- 写入时间，UTC / when it was written, UTC [连接器 connector]
    created_at TEXT NOT NULL,
  -- 归档时间，UTC / when it was archived, UTC [DBA]
    archived_at TEXT NOT NULL
);

-- Polling costs the same with ten rows or ten million settled ones: what is answered is outside these indexes
-- (SQL Server: at their other end). 轮询成本与历史行数无关：已答复的行不在这些索引的查找范围内。

CREATE INDEX IF NOT EXISTS ix_yq_payment_new ON yq_payment (id) WHERE status = 'new';
CREATE INDEX IF NOT EXISTS ix_yq_payment_cancel ON yq_payment (id) WHERE request = 'cancel' AND cancel_taken_at IS NULL;
CREATE INDEX IF NOT EXISTS ix_yq_journal_voucher ON yq_journal (id) WHERE voucher_no IS NOT NULL AND voucher_taken_at IS NULL;
CREATE INDEX IF NOT EXISTS ix_yq_command_new ON yq_command (id) WHERE status = 'new';
CREATE INDEX IF NOT EXISTS ix_yq_payment_updated ON yq_payment (updated_at);
CREATE INDEX IF NOT EXISTS ix_yq_statement_line_day ON yq_statement_line (account, booked_on);
CREATE INDEX IF NOT EXISTS ix_yq_balance_account ON yq_balance (account, as_of);
CREATE INDEX IF NOT EXISTS ix_yq_receipt_line ON yq_receipt (line_key);
CREATE INDEX IF NOT EXISTS ix_yq_ledger_day ON yq_ledger (ledger_account, booked_on);
CREATE INDEX IF NOT EXISTS ix_yq_collection_status ON yq_collection (status, id);
CREATE INDEX IF NOT EXISTS ix_yq_collection_line ON yq_collection (line_key);
CREATE INDEX IF NOT EXISTS ix_yq_payment_archive_key ON yq_payment_archive (source_system, account_set, doc_type, doc_no, doc_line, revision);
