-- U8 样例账套：表名与列名同 U8，只含本连接器用到的列；仅供演示与测试，切勿在真实 U8 库上运行。
-- A sample U8 account set: U8's own table and column names, only what the connector touches. For demonstration and tests;
-- never run it on a real U8 database.
-- SQLite 3.38 or later. An amount is text: a number typed without quotes may have at most 15 digits.
-- 金额按文本保存；不加引号输入的数字最多 15 位有效数字。

-- 账套 / account sets
CREATE TABLE UA_Account (
  cAcc_Id TEXT NOT NULL, -- 账套号 / account set
  cAcc_Name TEXT, -- 账套名称 / name
  cUnitName TEXT, -- 单位名称 / company
  cAcc_Path TEXT,
  iYear INTEGER, -- 建账年度 / first year
  cCurName TEXT, -- 本位币 / base currency
  PRIMARY KEY (cAcc_Id)
);

-- 账套年度对应的数据库 / which database holds which years
CREATE TABLE UA_AccountDatabase (
  cDatabase TEXT NOT NULL,
  cAcc_Id TEXT NOT NULL,
  iBeginYear INTEGER NOT NULL,
  iEndYear INTEGER -- 空为当前 / NULL: the current one
);

-- 会计期间（不一定是自然月） / accounting periods, not always calendar months
CREATE TABLE UA_Period (
  cAcc_Id TEXT NOT NULL,
  iYear INTEGER NOT NULL,
  iId INTEGER NOT NULL, -- 期间号 1..12 / period number
  dBegin TEXT NOT NULL,
  dEnd TEXT NOT NULL,
  bIsDelete INTEGER,
  PRIMARY KEY (cAcc_Id, iYear, iId)
);

-- 操作员 / users
CREATE TABLE UA_User (
  cUser_Id TEXT NOT NULL,
  cUser_Name TEXT NOT NULL,
  PRIMARY KEY (cUser_Id)
);

-- 单据内部号 / internal document numbers
CREATE TABLE UA_Identity (
  cAcc_Id TEXT NOT NULL,
  cVouchType TEXT NOT NULL,
  iFatherId INTEGER NOT NULL,
  iChildId INTEGER NOT NULL,
  PRIMARY KEY (cAcc_Id, cVouchType)
);

-- 银行档案 / banks
CREATE TABLE AA_Bank (
  cBankCode TEXT NOT NULL,
  cBankName TEXT NOT NULL,
  PRIMARY KEY (cBankCode)
);

-- 本单位开户银行 / own bank accounts
CREATE TABLE Bank (
  cBCode TEXT NOT NULL,
  cBName TEXT NOT NULL,
  cBAccount TEXT NOT NULL,
  PRIMARY KEY (cBCode)
);

-- 供应商档案 / suppliers
CREATE TABLE Vendor (
  cVenCode TEXT NOT NULL, -- 编码 / code
  cVenName TEXT NOT NULL, -- 名称 / name
  cVenAbbName TEXT,
  cVenBank TEXT, -- 开户行 / bank
  cVenAccount TEXT, -- 账号 / account
  cVenBankCode TEXT,
  PRIMARY KEY (cVenCode)
);

-- 供应商银行账号 / suppliers' bank accounts
CREATE TABLE VendorBank (
  cVenCode TEXT NOT NULL,
  cAccountNum TEXT NOT NULL, -- 账号 / account
  bDefault INTEGER, -- 默认 / default account
  cBank TEXT, -- 银行档案编码 / AA_Bank code
  cBranch TEXT, -- 开户银行名称 / branch
  PRIMARY KEY (cVenCode, cAccountNum)
);

-- 客户档案 / customers
CREATE TABLE Customer (
  cCusCode TEXT NOT NULL, -- 编码 / code
  cCusName TEXT NOT NULL, -- 名称 / name
  cCusAbbName TEXT,
  cCusBank TEXT, -- 开户行 / bank
  cCusAccount TEXT, -- 账号 / account
  cCusBankCode TEXT,
  PRIMARY KEY (cCusCode)
);

-- 客户银行账号 / customers' bank accounts
CREATE TABLE CustomerBank (
  cCusCode TEXT NOT NULL,
  cAccountNum TEXT NOT NULL, -- 账号 / account
  bDefault INTEGER, -- 默认 / default account
  cBank TEXT, -- 银行档案编码 / AA_Bank code
  cBranch TEXT, -- 开户银行名称 / branch
  PRIMARY KEY (cCusCode, cAccountNum)
);

-- 部门 / departments
CREATE TABLE Department (
  cDepCode TEXT NOT NULL,
  cDepName TEXT NOT NULL,
  bDepEnd INTEGER, -- 末级 / lowest level
  PRIMARY KEY (cDepCode)
);

-- 职员 / persons
CREATE TABLE Person (
  cPersonCode TEXT NOT NULL,
  cPersonName TEXT NOT NULL,
  cDepCode TEXT,
  PRIMARY KEY (cPersonCode)
);

-- 项目大类 / project classes
CREATE TABLE fitem (
  citem_class TEXT NOT NULL,
  citem_name TEXT,
  PRIMARY KEY (citem_class)
);

-- 项目 / projects
CREATE TABLE fitemss00 (
  citemcode TEXT NOT NULL,
  citemname TEXT,
  bclose INTEGER, -- 已结束 / closed
  PRIMARY KEY (citemcode)
);

-- 现金流量项目 / cash-flow items
CREATE TABLE fitemss98 (
  citemcode TEXT NOT NULL,
  citemname TEXT,
  bclose INTEGER, -- 已结束 / closed
  PRIMARY KEY (citemcode)
);

-- 会计科目 / chart of accounts
CREATE TABLE code (
  iyear INTEGER NOT NULL,
  ccode TEXT NOT NULL, -- 科目 / account
  ccode_name TEXT,
  igrade INTEGER,
  bproperty INTEGER, -- 借方 / debit account
  bend INTEGER, -- 末级 / lowest level
  cexch_name TEXT, -- 外币 / currency
  bbank INTEGER,
  bcash INTEGER,
  cother TEXT, -- 受控系统 / controlled by
  bclose INTEGER, -- 封存 / closed
  bperson INTEGER, -- 辅助核算 / auxiliaries
  bcus INTEGER, -- 辅助核算 / auxiliaries
  bsup INTEGER, -- 辅助核算 / auxiliaries
  bdept INTEGER, -- 辅助核算 / auxiliaries
  bitem INTEGER, -- 辅助核算 / auxiliaries
  PRIMARY KEY (iyear, ccode)
);

-- 凭证类别 / voucher types
CREATE TABLE dsign (
  csign TEXT NOT NULL,
  ctext TEXT,
  isignseq INTEGER NOT NULL,
  itype INTEGER, -- 限制类型 / kind of limit
  iotherused INTEGER,
  PRIMARY KEY (csign)
);

-- 凭证类别限制科目 / accounts that limit a voucher type
CREATE TABLE dsigns (
  csign TEXT NOT NULL,
  ccode TEXT NOT NULL,
  PRIMARY KEY (csign, ccode)
);

-- 结算方式 / settlement styles
CREATE TABLE SettleStyle (
  cSSCode TEXT NOT NULL,
  cSSName TEXT,
  bSSEnd INTEGER,
  bSSFlag INTEGER,
  PRIMARY KEY (cSSCode)
);

-- 结算方式科目 / settlement style to bank account
CREATE TABLE Ap_SStyleCode (
  iyear INTEGER NOT NULL,
  cSettleStyle TEXT NOT NULL,
  cFlag TEXT NOT NULL,
  cCode TEXT,
  PRIMARY KEY (iyear, cSettleStyle, cFlag)
);

-- 账套选项 / options of the account set
CREATE TABLE AccInformation (
  cSysID TEXT NOT NULL,
  cName TEXT NOT NULL,
  cValue TEXT,
  PRIMARY KEY (cSysID, cName)
);

-- 期间结账状态 / which periods are closed
CREATE TABLE GL_mend (
  iyear INTEGER NOT NULL,
  iperiod INTEGER NOT NULL,
  bflag INTEGER,
  bflag_AP INTEGER,
  bflag_AR INTEGER,
  PRIMARY KEY (iyear, iperiod)
);

-- 正在编辑的凭证 / vouchers being edited
CREATE TABLE GL_mvcontrol (
  cuser TEXT,
  iyear INTEGER NOT NULL,
  iperiod INTEGER NOT NULL,
  csign TEXT NOT NULL,
  ino_id INTEGER NOT NULL
);

-- 凭证外部号计数 / counter of voucher keys
CREATE TABLE Ap_CancelNo (
  cType TEXT NOT NULL,
  cFlag TEXT NOT NULL,
  iCancelNo INTEGER NOT NULL,
  PRIMARY KEY (cType, cFlag)
);

-- 收付款单主表；付款单为 cFlag=AP、cVouchType=49 / payment documents: cFlag AP and cVouchType 49
CREATE TABLE Ap_CloseBill (
  iID INTEGER PRIMARY KEY AUTOINCREMENT, -- 内部号，不变 / internal number, never changes
  cVouchType TEXT DEFAULT '49',
  cVouchID TEXT, -- 单据号，空则自动编号 / number, given by itself when empty
  dVouchDate TEXT DEFAULT (date('now', '+8 hours')), -- 单据日期 / date
  iPeriod INTEGER,
  cDwCode TEXT, -- 供应商 / supplier
  cDeptCode TEXT,
  cPerson TEXT,
  cItem_Class TEXT,
  cItemCode TEXT,
  cSSCode TEXT DEFAULT '3', -- 结算方式 / settlement style
  cNoteNo TEXT,
  cCoVouchType TEXT,
  cCoVouchID TEXT,
  cDigest TEXT, -- 摘要 / purpose
  cexch_name TEXT, -- 币种，空为本位币 / currency, empty: base
  iExchRate NUMERIC DEFAULT 1,
  iAmount CHECK (typeof(iAmount) IN ('null', 'text') OR abs(iAmount) < 100000000000), -- 金额：本币、原币 / amount: base, original
  iAmount_f CHECK (typeof(iAmount_f) IN ('null', 'text') OR abs(iAmount_f) < 100000000000), -- 金额：本币、原币 / amount: base, original
  iRAmount CHECK (typeof(iRAmount) IN ('null', 'text') OR abs(iRAmount) < 100000000000), -- 余额 / balance
  iRAmount_f CHECK (typeof(iRAmount_f) IN ('null', 'text') OR abs(iRAmount_f) < 100000000000), -- 余额 / balance
  cOperator TEXT, -- 录入人 / maker
  cCancelMan TEXT,
  cCheckMan TEXT, -- 审核人，非空即已审核 / approver: not empty means approved
  cRPMan TEXT,
  bPrePay INTEGER,
  bStartFlag INTEGER DEFAULT 0, -- 期初 / opening balance
  cCode TEXT DEFAULT '100201', -- 结算科目 / settlement account
  cPreCode TEXT,
  iPayForOther INTEGER,
  cSrcFlag TEXT,
  cPZID TEXT, -- 凭证外部号，空为未制单 / key of its voucher, empty: none yet
  cPZNum TEXT,
  doutbilldate TEXT,
  cFlag TEXT DEFAULT 'AP',
  bSend INTEGER,
  bReceived INTEGER,
  cCancelNo TEXT,
  cBank TEXT, -- 收款开户行 / payee's bank
  cBankAccount TEXT, -- 收款账号，空则取供应商默认账号 / payee's account, empty: the supplier's default one
  cNatBank TEXT,
  cNatBankAccount TEXT, -- 付款账号，空则按结算科目 / paying account, empty: by settlement account
  cNatBankCode TEXT,
  bFromBank INTEGER DEFAULT 0, -- 银行导入、导出、确认标志 / bank marks
  bToBank INTEGER DEFAULT 0, -- 银行导入、导出、确认标志 / bank marks
  bSure INTEGER DEFAULT 0, -- 银行导入、导出、确认标志 / bank marks
  VT_ID INTEGER DEFAULT 8053,
  cDefine1 TEXT,
  cDefine2 TEXT,
  cDefine3 TEXT,
  cDefine10 TEXT,
  iAmount_s NUMERIC,
  IsWfControlled INTEGER DEFAULT 0,
  iSource INTEGER,
  iverifystate INTEGER,
  dcreatesystime TEXT,
  dverifysystime TEXT,
  dverifydate TEXT,
  dmodifysystime TEXT,
  iPayType INTEGER,
  csysbarcode TEXT,
  Ufts INTEGER NOT NULL DEFAULT 0 -- 行版本 / row version
);

-- 收付款单子表 / lines of payment documents
CREATE TABLE Ap_CloseBills (
  iID INTEGER NOT NULL,
  ID INTEGER PRIMARY KEY AUTOINCREMENT,
  iType INTEGER DEFAULT 0, -- 0 应付 1 预付 2 费用 / payable, prepayment, expense
  bPrePay INTEGER,
  cCusVen TEXT,
  iAmt_f CHECK (typeof(iAmt_f) IN ('null', 'text') OR abs(iAmt_f) < 100000000000),
  iAmt CHECK (typeof(iAmt) IN ('null', 'text') OR abs(iAmt) < 100000000000),
  iRAmt_f CHECK (typeof(iRAmt_f) IN ('null', 'text') OR abs(iRAmt_f) < 100000000000),
  iRAmt CHECK (typeof(iRAmt) IN ('null', 'text') OR abs(iRAmt) < 100000000000),
  cKm TEXT, -- 科目 / account
  cXmClass TEXT,
  cXm TEXT,
  cDepCode TEXT,
  cPersonCode TEXT,
  cMemo TEXT
);

-- 应付明细账 / AP ledger
CREATE TABLE Ap_Detail (
  Auto_ID INTEGER PRIMARY KEY AUTOINCREMENT,
  iPeriod INTEGER,
  cVouchType TEXT,
  cVouchID TEXT,
  dVouchDate TEXT,
  cDwCode TEXT,
  cCode TEXT,
  cFlag TEXT,
  cProcStyle TEXT,
  iFlag INTEGER, -- 6 结算行 0 往来行 / settlement row, partner row
  iDAmount CHECK (typeof(iDAmount) IN ('null', 'text') OR abs(iDAmount) < 100000000000),
  iCAmount CHECK (typeof(iCAmount) IN ('null', 'text') OR abs(iCAmount) < 100000000000),
  cPZid TEXT,
  dPZDate TEXT,
  cGLSign TEXT,
  iGLno_id INTEGER,
  ino_id INTEGER
);

-- 凭证及明细账 / voucher lines
CREATE TABLE GL_accvouch (
  i_id INTEGER PRIMARY KEY AUTOINCREMENT,
  iperiod INTEGER,
  csign TEXT,
  isignseq INTEGER,
  ino_id INTEGER, -- 凭证号 / number, at most 32767
  inid INTEGER,
  dbill_date TEXT,
  idoc INTEGER,
  cbill TEXT, -- 制单 审核 记账 出纳 / maker, reviewer, poster, cashier
  ccheck TEXT, -- 制单 审核 记账 出纳 / maker, reviewer, poster, cashier
  cbook TEXT, -- 制单 审核 记账 出纳 / maker, reviewer, poster, cashier
  ccashier TEXT, -- 制单 审核 记账 出纳 / maker, reviewer, poster, cashier
  ibook INTEGER NOT NULL DEFAULT 0,
  iflag INTEGER, -- 1 作废 2 有错 / voided, faulty
  ctext1 TEXT,
  ctext2 TEXT,
  cdigest TEXT,
  ccode TEXT NOT NULL,
  cexch_name TEXT,
  md NOT NULL DEFAULT '0' CHECK (typeof(md) IN ('null', 'text') OR abs(md) < 100000000000),
  mc NOT NULL DEFAULT '0' CHECK (typeof(mc) IN ('null', 'text') OR abs(mc) < 100000000000),
  md_f NOT NULL DEFAULT '0' CHECK (typeof(md_f) IN ('null', 'text') OR abs(md_f) < 100000000000),
  mc_f NOT NULL DEFAULT '0' CHECK (typeof(mc_f) IN ('null', 'text') OR abs(mc_f) < 100000000000),
  nfrat NUMERIC NOT NULL DEFAULT 0,
  nd_s NUMERIC NOT NULL DEFAULT 0,
  nc_s NUMERIC NOT NULL DEFAULT 0,
  csettle TEXT,
  cn_id TEXT, -- 票号 / bill number
  dt_date TEXT,
  cdept_id TEXT,
  cperson_id TEXT,
  ccus_id TEXT,
  csup_id TEXT,
  citem_class TEXT,
  citem_id TEXT,
  cname TEXT,
  ccode_equal TEXT,
  ccodeexch_equal TEXT,
  iflagbank INTEGER,
  iflagPerson INTEGER,
  cBankReconNo TEXT,
  bdelete INTEGER DEFAULT 0,
  coutaccset TEXT,
  ioutyear INTEGER,
  ioutperiod INTEGER,
  coutsysname TEXT,
  coutsysver TEXT,
  doutbilldate TEXT,
  doutdate TEXT,
  coutsign TEXT,
  coutno_id TEXT, -- 外部业务号 / external key
  coutbillsign TEXT,
  coutid TEXT,
  cblueoutno_id TEXT,
  bvouchedit INTEGER,
  bvouchAddordele INTEGER,
  bvouchmoneyhold INTEGER,
  bvalueedit INTEGER,
  bcodeedit INTEGER,
  ccodecontrol TEXT,
  bPCSedit INTEGER,
  bDeptedit INTEGER,
  bItemedit INTEGER,
  bCusSupInput INTEGER,
  bFlagOut INTEGER NOT NULL DEFAULT 0,
  RowGuid TEXT NOT NULL DEFAULT '',
  iyear INTEGER,
  iYPeriod INTEGER,
  daudit_date TEXT,
  tvouchtime TEXT
);

-- 现金流量 / cash-flow items of voucher lines
CREATE TABLE GL_CashTable (
  iPeriod INTEGER,
  iSignSeq INTEGER,
  iNo_id INTEGER,
  inid INTEGER,
  cCashItem TEXT,
  md CHECK (typeof(md) IN ('null', 'text') OR abs(md) < 100000000000),
  mc CHECK (typeof(mc) IN ('null', 'text') OR abs(mc) < 100000000000),
  md_f CHECK (typeof(md_f) IN ('null', 'text') OR abs(md_f) < 100000000000),
  mc_f CHECK (typeof(mc_f) IN ('null', 'text') OR abs(mc_f) < 100000000000),
  nd_s NUMERIC,
  nc_s NUMERIC,
  ccode TEXT,
  cdept_id TEXT,
  cperson_id TEXT,
  ccus_id TEXT,
  csup_id TEXT,
  citem_class TEXT,
  citem_id TEXT,
  dbill_date TEXT,
  csign TEXT,
  iyear INTEGER,
  iYPeriod INTEGER,
  RowGuid TEXT,
  cexch_name TEXT
);

CREATE INDEX ix_GL_accvouch_1 ON GL_accvouch (iyear, iperiod, isignseq, ino_id);

CREATE INDEX ix_GL_accvouch_2 ON GL_accvouch (coutno_id);

CREATE INDEX ix_Ap_CloseBill_3 ON Ap_CloseBill (Ufts);

CREATE INDEX ix_Ap_CloseBills_4 ON Ap_CloseBills (iID);

CREATE INDEX ix_Ap_Detail_5 ON Ap_Detail (cVouchID);

-- 模拟 rowversion：每次写入递增 / stands for rowversion: rises with every write
CREATE TABLE yq_sample_rowversion (
  n INTEGER NOT NULL
);

INSERT INTO yq_sample_rowversion (n) VALUES (0);

-- 内部号与 U8 一样自 1000000001 起 / internal numbers begin as U8's do
INSERT INTO sqlite_sequence (name, seq) VALUES ('Ap_CloseBill', 1000000000);

CREATE TRIGGER Ap_CloseBill_inserted AFTER INSERT ON Ap_CloseBill
BEGIN
  UPDATE yq_sample_rowversion SET n = n + 1;
  UPDATE Ap_CloseBill SET Ufts = (SELECT n FROM yq_sample_rowversion), cVouchID = CASE WHEN COALESCE(cVouchID, '') = '' THEN printf('%010d', iID % 1000000000) ELSE cVouchID END WHERE iID = NEW.iID;
END;

CREATE TRIGGER Ap_CloseBill_updated AFTER UPDATE ON Ap_CloseBill WHEN NEW.Ufts = OLD.Ufts
BEGIN
  UPDATE yq_sample_rowversion SET n = n + 1;
  UPDATE Ap_CloseBill SET Ufts = (SELECT n FROM yq_sample_rowversion) WHERE iID = NEW.iID;
END;

-- 代替 U8 客户端的审核：写应付明细账 / stands for the client's approval: writes the AP ledger
CREATE TRIGGER Ap_CloseBill_approved AFTER UPDATE OF cCheckMan, cVouchID ON Ap_CloseBill WHEN COALESCE(NEW.cCheckMan, '') <> '' AND COALESCE(NEW.cVouchID, '') <> '' AND NOT EXISTS (SELECT 1 FROM Ap_Detail WHERE cVouchType = '49' AND cVouchID = NEW.cVouchID)
BEGIN
  INSERT INTO Ap_CloseBills (iID, iType, cCusVen, iAmt, iAmt_f, cKm) SELECT NEW.iID, 0, NEW.cDwCode, NEW.iAmount, COALESCE(NEW.iAmount_f, NEW.iAmount), '2202' WHERE NOT EXISTS (SELECT 1 FROM Ap_CloseBills WHERE iID = NEW.iID);
  INSERT INTO Ap_Detail (cVouchType, cVouchID, dVouchDate, cDwCode, cCode, cFlag, cProcStyle, iFlag) VALUES ('49', NEW.cVouchID, NEW.dVouchDate, NEW.cDwCode, NEW.cCode, 'AP', '49', 6);
  INSERT INTO Ap_Detail (cVouchType, cVouchID, dVouchDate, cDwCode, cCode, cFlag, cProcStyle, iFlag) VALUES ('49', NEW.cVouchID, NEW.dVouchDate, NEW.cDwCode, '2202', 'AP', '49', 0);
END;
