-- U8 样例账套：表名与列名同 U8，只含本连接器用到的列；仅供演示与测试，切勿在真实 U8 库上运行。
-- A sample U8 account set: U8's own table and column names, only what the connector touches. For demonstration and tests;
-- never run it on a real U8 database.
-- PostgreSQL 13 or later. {system} stands for the schema of the UFSystem tables.

-- 账套 / account sets
CREATE TABLE {system}.UA_Account (
  cAcc_Id varchar(10) NOT NULL, -- 账套号 / account set
  cAcc_Name varchar(40), -- 账套名称 / name
  cUnitName varchar(120), -- 单位名称 / company
  cAcc_Path varchar(200),
  iYear integer, -- 建账年度 / first year
  cCurName varchar(20), -- 本位币 / base currency
  PRIMARY KEY (cAcc_Id)
);

-- 账套年度对应的数据库 / which database holds which years
CREATE TABLE {system}.UA_AccountDatabase (
  cDatabase varchar(120) NOT NULL,
  cAcc_Id varchar(10) NOT NULL,
  iBeginYear integer NOT NULL,
  iEndYear integer -- 空为当前 / NULL: the current one
);

-- 会计期间（不一定是自然月） / accounting periods, not always calendar months
CREATE TABLE {system}.UA_Period (
  cAcc_Id varchar(10) NOT NULL,
  iYear integer NOT NULL,
  iId integer NOT NULL, -- 期间号 1..12 / period number
  dBegin timestamp NOT NULL,
  dEnd timestamp NOT NULL,
  bIsDelete smallint,
  PRIMARY KEY (cAcc_Id, iYear, iId)
);

-- 操作员 / users
CREATE TABLE {system}.UA_User (
  cUser_Id varchar(20) NOT NULL,
  cUser_Name varchar(20) NOT NULL,
  PRIMARY KEY (cUser_Id)
);

-- 单据内部号 / internal document numbers
CREATE TABLE {system}.UA_Identity (
  cAcc_Id varchar(10) NOT NULL,
  cVouchType varchar(20) NOT NULL,
  iFatherId integer NOT NULL,
  iChildId integer NOT NULL,
  PRIMARY KEY (cAcc_Id, cVouchType)
);

-- 银行档案 / banks
CREATE TABLE AA_Bank (
  cBankCode varchar(20) NOT NULL,
  cBankName varchar(120) NOT NULL,
  PRIMARY KEY (cBankCode)
);

-- 本单位开户银行 / own bank accounts
CREATE TABLE Bank (
  cBCode varchar(20) NOT NULL,
  cBName varchar(120) NOT NULL,
  cBAccount varchar(60) NOT NULL,
  PRIMARY KEY (cBCode)
);

-- 供应商档案 / suppliers
CREATE TABLE Vendor (
  cVenCode varchar(20) NOT NULL, -- 编码 / code
  cVenName varchar(120) NOT NULL, -- 名称 / name
  cVenAbbName varchar(60),
  cVenBank varchar(120), -- 开户行 / bank
  cVenAccount varchar(60), -- 账号 / account
  cVenBankCode varchar(20),
  PRIMARY KEY (cVenCode)
);

-- 供应商银行账号 / suppliers' bank accounts
CREATE TABLE VendorBank (
  cVenCode varchar(20) NOT NULL,
  cAccountNum varchar(60) NOT NULL, -- 账号 / account
  bDefault smallint, -- 默认 / default account
  cBank varchar(20), -- 银行档案编码 / AA_Bank code
  cBranch varchar(120), -- 开户银行名称 / branch
  PRIMARY KEY (cVenCode, cAccountNum)
);

-- 客户档案 / customers
CREATE TABLE Customer (
  cCusCode varchar(20) NOT NULL, -- 编码 / code
  cCusName varchar(120) NOT NULL, -- 名称 / name
  cCusAbbName varchar(60),
  cCusBank varchar(120), -- 开户行 / bank
  cCusAccount varchar(60), -- 账号 / account
  cCusBankCode varchar(20),
  PRIMARY KEY (cCusCode)
);

-- 客户银行账号 / customers' bank accounts
CREATE TABLE CustomerBank (
  cCusCode varchar(20) NOT NULL,
  cAccountNum varchar(60) NOT NULL, -- 账号 / account
  bDefault smallint, -- 默认 / default account
  cBank varchar(20), -- 银行档案编码 / AA_Bank code
  cBranch varchar(120), -- 开户银行名称 / branch
  PRIMARY KEY (cCusCode, cAccountNum)
);

-- 部门 / departments
CREATE TABLE Department (
  cDepCode varchar(12) NOT NULL,
  cDepName varchar(60) NOT NULL,
  bDepEnd smallint, -- 末级 / lowest level
  PRIMARY KEY (cDepCode)
);

-- 职员 / persons
CREATE TABLE Person (
  cPersonCode varchar(20) NOT NULL,
  cPersonName varchar(40) NOT NULL,
  cDepCode varchar(12),
  PRIMARY KEY (cPersonCode)
);

-- 项目大类 / project classes
CREATE TABLE fitem (
  citem_class varchar(2) NOT NULL,
  citem_name varchar(40),
  PRIMARY KEY (citem_class)
);

-- 项目 / projects
CREATE TABLE fitemss00 (
  citemcode varchar(60) NOT NULL,
  citemname varchar(120),
  bclose smallint, -- 已结束 / closed
  PRIMARY KEY (citemcode)
);

-- 现金流量项目 / cash-flow items
CREATE TABLE fitemss98 (
  citemcode varchar(60) NOT NULL,
  citemname varchar(120),
  bclose smallint, -- 已结束 / closed
  PRIMARY KEY (citemcode)
);

-- 会计科目 / chart of accounts
CREATE TABLE code (
  iyear integer NOT NULL,
  ccode varchar(40) NOT NULL, -- 科目 / account
  ccode_name varchar(80),
  igrade integer,
  bproperty smallint, -- 借方 / debit account
  bend smallint, -- 末级 / lowest level
  cexch_name varchar(8), -- 外币 / currency
  bbank smallint,
  bcash smallint,
  cother varchar(20), -- 受控系统 / controlled by
  bclose smallint, -- 封存 / closed
  bperson smallint, -- 辅助核算 / auxiliaries
  bcus smallint, -- 辅助核算 / auxiliaries
  bsup smallint, -- 辅助核算 / auxiliaries
  bdept smallint, -- 辅助核算 / auxiliaries
  bitem smallint, -- 辅助核算 / auxiliaries
  PRIMARY KEY (iyear, ccode)
);

-- 凭证类别 / voucher types
CREATE TABLE dsign (
  csign varchar(2) NOT NULL,
  ctext varchar(20),
  isignseq integer NOT NULL,
  itype integer, -- 限制类型 / kind of limit
  iotherused integer,
  PRIMARY KEY (csign)
);

-- 凭证类别限制科目 / accounts that limit a voucher type
CREATE TABLE dsigns (
  csign varchar(2) NOT NULL,
  ccode varchar(40) NOT NULL,
  PRIMARY KEY (csign, ccode)
);

-- 结算方式 / settlement styles
CREATE TABLE SettleStyle (
  cSSCode varchar(3) NOT NULL,
  cSSName varchar(20),
  bSSEnd smallint,
  bSSFlag smallint,
  PRIMARY KEY (cSSCode)
);

-- 结算方式科目 / settlement style to bank account
CREATE TABLE Ap_SStyleCode (
  iyear integer NOT NULL,
  cSettleStyle varchar(3) NOT NULL,
  cFlag varchar(2) NOT NULL,
  cCode varchar(40),
  PRIMARY KEY (iyear, cSettleStyle, cFlag)
);

-- 账套选项 / options of the account set
CREATE TABLE AccInformation (
  cSysID varchar(2) NOT NULL,
  cName varchar(30) NOT NULL,
  cValue varchar(60),
  PRIMARY KEY (cSysID, cName)
);

-- 期间结账状态 / which periods are closed
CREATE TABLE GL_mend (
  iyear integer NOT NULL,
  iperiod integer NOT NULL,
  bflag smallint,
  bflag_AP smallint,
  bflag_AR smallint,
  PRIMARY KEY (iyear, iperiod)
);

-- 正在编辑的凭证 / vouchers being edited
CREATE TABLE GL_mvcontrol (
  cuser varchar(20),
  iyear integer NOT NULL,
  iperiod integer NOT NULL,
  csign varchar(8) NOT NULL,
  ino_id integer NOT NULL
);

-- 凭证外部号计数 / counter of voucher keys
CREATE TABLE Ap_CancelNo (
  cType varchar(2) NOT NULL,
  cFlag varchar(2) NOT NULL,
  iCancelNo integer NOT NULL,
  PRIMARY KEY (cType, cFlag)
);

-- 收付款单主表；付款单为 cFlag=AP、cVouchType=49 / payment documents: cFlag AP and cVouchType 49
CREATE TABLE Ap_CloseBill (
  iID integer GENERATED BY DEFAULT AS IDENTITY (START WITH 1000000001), -- 内部号，不变 / internal number, never changes
  cVouchType varchar(2) DEFAULT '49',
  cVouchID varchar(30), -- 单据号，空则自动编号 / number, given by itself when empty
  dVouchDate timestamp DEFAULT date_trunc('day', now() AT TIME ZONE 'Asia/Shanghai'), -- 单据日期 / date
  iPeriod integer,
  cDwCode varchar(20), -- 供应商 / supplier
  cDeptCode varchar(12),
  cPerson varchar(20),
  cItem_Class varchar(2),
  cItemCode varchar(60),
  cSSCode varchar(3) DEFAULT '3', -- 结算方式 / settlement style
  cNoteNo varchar(30),
  cCoVouchType varchar(10),
  cCoVouchID varchar(30),
  cDigest varchar(120), -- 摘要 / purpose
  cexch_name varchar(8), -- 币种，空为本位币 / currency, empty: base
  iExchRate double precision DEFAULT 1,
  iAmount numeric(19, 4), -- 金额：本币、原币 / amount: base, original
  iAmount_f numeric(19, 4), -- 金额：本币、原币 / amount: base, original
  iRAmount numeric(19, 4), -- 余额 / balance
  iRAmount_f numeric(19, 4), -- 余额 / balance
  cOperator varchar(20), -- 录入人 / maker
  cCancelMan varchar(20),
  cCheckMan varchar(20), -- 审核人，非空即已审核 / approver: not empty means approved
  cRPMan varchar(20),
  bPrePay smallint,
  bStartFlag smallint DEFAULT 0, -- 期初 / opening balance
  cCode varchar(40) DEFAULT '100201', -- 结算科目 / settlement account
  cPreCode varchar(40),
  iPayForOther smallint,
  cSrcFlag varchar(10),
  cPZID varchar(50), -- 凭证外部号，空为未制单 / key of its voucher, empty: none yet
  cPZNum varchar(20),
  doutbilldate timestamp,
  cFlag varchar(2) DEFAULT 'AP',
  bSend smallint,
  bReceived smallint,
  cCancelNo varchar(30),
  cBank varchar(120), -- 收款开户行 / payee's bank
  cBankAccount varchar(60), -- 收款账号，空则取供应商默认账号 / payee's account, empty: the supplier's default one
  cNatBank varchar(120),
  cNatBankAccount varchar(60), -- 付款账号，空则按结算科目 / paying account, empty: by settlement account
  cNatBankCode varchar(20),
  bFromBank smallint DEFAULT 0, -- 银行导入、导出、确认标志 / bank marks
  bToBank smallint DEFAULT 0, -- 银行导入、导出、确认标志 / bank marks
  bSure smallint DEFAULT 0, -- 银行导入、导出、确认标志 / bank marks
  VT_ID integer DEFAULT 8053,
  cDefine1 varchar(20),
  cDefine2 varchar(20),
  cDefine3 varchar(20),
  cDefine10 varchar(60),
  iAmount_s double precision,
  IsWfControlled smallint DEFAULT 0,
  iSource integer,
  iverifystate integer,
  dcreatesystime timestamp,
  dverifysystime timestamp,
  dverifydate timestamp,
  dmodifysystime timestamp,
  iPayType integer,
  csysbarcode varchar(60),
  Ufts bigint NOT NULL DEFAULT 0, -- 行版本 / row version
  PRIMARY KEY (iID)
);

-- 收付款单子表 / lines of payment documents
CREATE TABLE Ap_CloseBills (
  iID integer NOT NULL,
  ID integer GENERATED BY DEFAULT AS IDENTITY (START WITH 1),
  iType integer DEFAULT 0, -- 0 应付 1 预付 2 费用 / payable, prepayment, expense
  bPrePay smallint,
  cCusVen varchar(20),
  iAmt_f numeric(19, 4),
  iAmt numeric(19, 4),
  iRAmt_f numeric(19, 4),
  iRAmt numeric(19, 4),
  cKm varchar(40), -- 科目 / account
  cXmClass varchar(2),
  cXm varchar(60),
  cDepCode varchar(12),
  cPersonCode varchar(20),
  cMemo varchar(120),
  PRIMARY KEY (ID)
);

-- 应付明细账 / AP ledger
CREATE TABLE Ap_Detail (
  Auto_ID integer GENERATED BY DEFAULT AS IDENTITY (START WITH 1),
  iPeriod integer,
  cVouchType varchar(10),
  cVouchID varchar(30),
  dVouchDate timestamp,
  cDwCode varchar(20),
  cCode varchar(40),
  cFlag varchar(2),
  cProcStyle varchar(2),
  iFlag integer, -- 6 结算行 0 往来行 / settlement row, partner row
  iDAmount numeric(19, 4),
  iCAmount numeric(19, 4),
  cPZid varchar(50),
  dPZDate timestamp,
  cGLSign varchar(8),
  iGLno_id integer,
  ino_id integer,
  PRIMARY KEY (Auto_ID)
);

-- 凭证及明细账 / voucher lines
CREATE TABLE GL_accvouch (
  i_id integer GENERATED BY DEFAULT AS IDENTITY (START WITH 1),
  iperiod integer,
  csign varchar(8),
  isignseq integer,
  ino_id integer, -- 凭证号 / number, at most 32767
  inid integer,
  dbill_date timestamp,
  idoc integer,
  cbill varchar(20), -- 制单 审核 记账 出纳 / maker, reviewer, poster, cashier
  ccheck varchar(20), -- 制单 审核 记账 出纳 / maker, reviewer, poster, cashier
  cbook varchar(20), -- 制单 审核 记账 出纳 / maker, reviewer, poster, cashier
  ccashier varchar(20), -- 制单 审核 记账 出纳 / maker, reviewer, poster, cashier
  ibook integer NOT NULL DEFAULT 0,
  iflag integer, -- 1 作废 2 有错 / voided, faulty
  ctext1 varchar(10),
  ctext2 varchar(10),
  cdigest varchar(120),
  ccode varchar(40) NOT NULL,
  cexch_name varchar(8),
  md numeric(19, 4) NOT NULL DEFAULT '0',
  mc numeric(19, 4) NOT NULL DEFAULT '0',
  md_f numeric(19, 4) NOT NULL DEFAULT '0',
  mc_f numeric(19, 4) NOT NULL DEFAULT '0',
  nfrat double precision NOT NULL DEFAULT 0,
  nd_s double precision NOT NULL DEFAULT 0,
  nc_s double precision NOT NULL DEFAULT 0,
  csettle varchar(3),
  cn_id varchar(30), -- 票号 / bill number
  dt_date timestamp,
  cdept_id varchar(12),
  cperson_id varchar(20),
  ccus_id varchar(20),
  csup_id varchar(20),
  citem_class varchar(2),
  citem_id varchar(60),
  cname varchar(40),
  ccode_equal varchar(50),
  ccodeexch_equal varchar(2000),
  iflagbank integer,
  iflagPerson integer,
  cBankReconNo varchar(30),
  bdelete smallint DEFAULT 0,
  coutaccset varchar(3),
  ioutyear integer,
  ioutperiod integer,
  coutsysname varchar(10),
  coutsysver varchar(10),
  doutbilldate timestamp,
  doutdate timestamp,
  coutsign varchar(100),
  coutno_id varchar(50), -- 外部业务号 / external key
  coutbillsign varchar(100),
  coutid varchar(50),
  cblueoutno_id varchar(50),
  bvouchedit smallint,
  bvouchAddordele smallint,
  bvouchmoneyhold smallint,
  bvalueedit smallint,
  bcodeedit smallint,
  ccodecontrol varchar(50),
  bPCSedit smallint,
  bDeptedit smallint,
  bItemedit smallint,
  bCusSupInput smallint,
  bFlagOut smallint NOT NULL DEFAULT 0,
  RowGuid varchar(60) NOT NULL DEFAULT '',
  iyear integer,
  iYPeriod integer,
  daudit_date timestamp,
  tvouchtime timestamp,
  PRIMARY KEY (i_id)
);

-- 现金流量 / cash-flow items of voucher lines
CREATE TABLE GL_CashTable (
  iPeriod integer,
  iSignSeq integer,
  iNo_id integer,
  inid integer,
  cCashItem varchar(60),
  md numeric(19, 4),
  mc numeric(19, 4),
  md_f numeric(19, 4),
  mc_f numeric(19, 4),
  nd_s double precision,
  nc_s double precision,
  ccode varchar(40),
  cdept_id varchar(12),
  cperson_id varchar(20),
  ccus_id varchar(20),
  csup_id varchar(20),
  citem_class varchar(2),
  citem_id varchar(60),
  dbill_date timestamp,
  csign varchar(8),
  iyear integer,
  iYPeriod integer,
  RowGuid varchar(60),
  cexch_name varchar(8)
);

CREATE INDEX ix_GL_accvouch_1 ON GL_accvouch (iyear, iperiod, isignseq, ino_id);

CREATE INDEX ix_GL_accvouch_2 ON GL_accvouch (coutno_id);

CREATE INDEX ix_Ap_CloseBill_3 ON Ap_CloseBill (Ufts);

CREATE INDEX ix_Ap_CloseBills_4 ON Ap_CloseBills (iID);

CREATE INDEX ix_Ap_Detail_5 ON Ap_Detail (cVouchID);

-- 模拟 rowversion：写入事务的编号 / stands for rowversion: the id of the writing transaction
CREATE FUNCTION yq_sample_rowversion() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.Ufts := pg_current_xact_id()::text::bigint;
  IF COALESCE(NEW.cVouchID, '') = '' THEN
    NEW.cVouchID := lpad((NEW.iID % 1000000000)::text, 10, '0');
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER Ap_CloseBill_rowversion BEFORE INSERT OR UPDATE ON Ap_CloseBill
  FOR EACH ROW EXECUTE FUNCTION yq_sample_rowversion();

-- 代替 U8 客户端的审核：写应付明细账 / stands for the client's approval: writes the AP ledger
CREATE FUNCTION yq_sample_approval() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF COALESCE(NEW.cCheckMan, '') = '' OR EXISTS (SELECT 1 FROM Ap_Detail WHERE cVouchType = '49' AND cVouchID = NEW.cVouchID) THEN
    RETURN NULL;
  END IF;
  INSERT INTO Ap_CloseBills (iID, iType, cCusVen, iAmt, iAmt_f, cKm)
    SELECT NEW.iID, 0, NEW.cDwCode, NEW.iAmount, COALESCE(NEW.iAmount_f, NEW.iAmount), '2202'
    WHERE NOT EXISTS (SELECT 1 FROM Ap_CloseBills WHERE iID = NEW.iID);
  INSERT INTO Ap_Detail (cVouchType, cVouchID, dVouchDate, cDwCode, cCode, cFlag, cProcStyle, iFlag)
    VALUES ('49', NEW.cVouchID, NEW.dVouchDate, NEW.cDwCode, NEW.cCode, 'AP', '49', 6), ('49', NEW.cVouchID, NEW.dVouchDate, NEW.cDwCode, '2202', 'AP', '49', 0);
  RETURN NULL;
END $$;

CREATE TRIGGER Ap_CloseBill_approved AFTER INSERT OR UPDATE OF cCheckMan ON Ap_CloseBill
  FOR EACH ROW EXECUTE FUNCTION yq_sample_approval();
