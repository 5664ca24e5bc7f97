-- U8 样例账套：表名与列名同 U8，只含本连接器用到的列；仅供演示与测试，切勿在真实 U8 库上运行。
-- A sample U8 account set: U8's own table and column names, only what the connector touches. For demonstration and tests;
-- never run it on a real U8 database.
-- SQL Server 2008 R2 or later. {system} stands for the UFSystem database and schema, which must exist.

-- 账套 / account sets
CREATE TABLE {system}.UA_Account (
  cAcc_Id nvarchar(10) NOT NULL, -- 账套号 / account set
  cAcc_Name nvarchar(40), -- 账套名称 / name
  cUnitName nvarchar(120), -- 单位名称 / company
  cAcc_Path nvarchar(200),
  iYear int, -- 建账年度 / first year
  cCurName nvarchar(20), -- 本位币 / base currency
  PRIMARY KEY (cAcc_Id)
);

-- 账套年度对应的数据库 / which database holds which years
CREATE TABLE {system}.UA_AccountDatabase (
  cDatabase nvarchar(120) NOT NULL,
  cAcc_Id nvarchar(10) NOT NULL,
  iBeginYear int NOT NULL,
  iEndYear int -- 空为当前 / NULL: the current one
);

-- 会计期间（不一定是自然月） / accounting periods, not always calendar months
CREATE TABLE {system}.UA_Period (
  cAcc_Id nvarchar(10) NOT NULL,
  iYear int NOT NULL,
  iId int NOT NULL, -- 期间号 1..12 / period number
  dBegin datetime NOT NULL,
  dEnd datetime NOT NULL,
  bIsDelete bit,
  PRIMARY KEY (cAcc_Id, iYear, iId)
);

-- 操作员 / users
CREATE TABLE {system}.UA_User (
  cUser_Id nvarchar(20) NOT NULL,
  cUser_Name nvarchar(20) NOT NULL,
  PRIMARY KEY (cUser_Id)
);

-- 单据内部号 / internal document numbers
CREATE TABLE {system}.UA_Identity (
  cAcc_Id nvarchar(10) NOT NULL,
  cVouchType nvarchar(20) NOT NULL,
  iFatherId int NOT NULL,
  iChildId int NOT NULL,
  PRIMARY KEY (cAcc_Id, cVouchType)
);

-- 银行档案 / banks
CREATE TABLE AA_Bank (
  cBankCode nvarchar(20) NOT NULL,
  cBankName nvarchar(120) NOT NULL,
  PRIMARY KEY (cBankCode)
);

-- 本单位开户银行 / own bank accounts
CREATE TABLE Bank (
  cBCode nvarchar(20) NOT NULL,
  cBName nvarchar(120) NOT NULL,
  cBAccount nvarchar(60) NOT NULL,
  PRIMARY KEY (cBCode)
);

-- 供应商档案 / suppliers
CREATE TABLE Vendor (
  cVenCode nvarchar(20) NOT NULL, -- 编码 / code
  cVenName nvarchar(120) NOT NULL, -- 名称 / name
  cVenAbbName nvarchar(60),
  cVenBank nvarchar(120), -- 开户行 / bank
  cVenAccount nvarchar(60), -- 账号 / account
  cVenBankCode nvarchar(20),
  PRIMARY KEY (cVenCode)
);

-- 供应商银行账号 / suppliers' bank accounts
CREATE TABLE VendorBank (
  cVenCode nvarchar(20) NOT NULL,
  cAccountNum nvarchar(60) NOT NULL, -- 账号 / account
  bDefault bit, -- 默认 / default account
  cBank nvarchar(20), -- 银行档案编码 / AA_Bank code
  cBranch nvarchar(120), -- 开户银行名称 / branch
  PRIMARY KEY (cVenCode, cAccountNum)
);

-- 客户档案 / customers
CREATE TABLE Customer (
  cCusCode nvarchar(20) NOT NULL, -- 编码 / code
  cCusName nvarchar(120) NOT NULL, -- 名称 / name
  cCusAbbName nvarchar(60),
  cCusBank nvarchar(120), -- 开户行 / bank
  cCusAccount nvarchar(60), -- 账号 / account
  cCusBankCode nvarchar(20),
  PRIMARY KEY (cCusCode)
);

-- 客户银行账号 / customers' bank accounts
CREATE TABLE CustomerBank (
  cCusCode nvarchar(20) NOT NULL,
  cAccountNum nvarchar(60) NOT NULL, -- 账号 / account
  bDefault bit, -- 默认 / default account
  cBank nvarchar(20), -- 银行档案编码 / AA_Bank code
  cBranch nvarchar(120), -- 开户银行名称 / branch
  PRIMARY KEY (cCusCode, cAccountNum)
);

-- 部门 / departments
CREATE TABLE Department (
  cDepCode nvarchar(12) NOT NULL,
  cDepName nvarchar(60) NOT NULL,
  bDepEnd bit, -- 末级 / lowest level
  PRIMARY KEY (cDepCode)
);

-- 职员 / persons
CREATE TABLE Person (
  cPersonCode nvarchar(20) NOT NULL,
  cPersonName nvarchar(40) NOT NULL,
  cDepCode nvarchar(12),
  PRIMARY KEY (cPersonCode)
);

-- 项目大类 / project classes
CREATE TABLE fitem (
  citem_class nvarchar(2) NOT NULL,
  citem_name nvarchar(40),
  PRIMARY KEY (citem_class)
);

-- 项目 / projects
CREATE TABLE fitemss00 (
  citemcode nvarchar(60) NOT NULL,
  citemname nvarchar(120),
  bclose bit, -- 已结束 / closed
  PRIMARY KEY (citemcode)
);

-- 现金流量项目 / cash-flow items
CREATE TABLE fitemss98 (
  citemcode nvarchar(60) NOT NULL,
  citemname nvarchar(120),
  bclose bit, -- 已结束 / closed
  PRIMARY KEY (citemcode)
);

-- 会计科目 / chart of accounts
CREATE TABLE code (
  iyear int NOT NULL,
  ccode nvarchar(40) NOT NULL, -- 科目 / account
  ccode_name nvarchar(80),
  igrade int,
  bproperty bit, -- 借方 / debit account
  bend bit, -- 末级 / lowest level
  cexch_name nvarchar(8), -- 外币 / currency
  bbank bit,
  bcash bit,
  cother nvarchar(20), -- 受控系统 / controlled by
  bclose bit, -- 封存 / closed
  bperson bit, -- 辅助核算 / auxiliaries
  bcus bit, -- 辅助核算 / auxiliaries
  bsup bit, -- 辅助核算 / auxiliaries
  bdept bit, -- 辅助核算 / auxiliaries
  bitem bit, -- 辅助核算 / auxiliaries
  PRIMARY KEY (iyear, ccode)
);

-- 凭证类别 / voucher types
CREATE TABLE dsign (
  csign nvarchar(2) NOT NULL,
  ctext nvarchar(20),
  isignseq int NOT NULL,
  itype int, -- 限制类型 / kind of limit
  iotherused int,
  PRIMARY KEY (csign)
);

-- 凭证类别限制科目 / accounts that limit a voucher type
CREATE TABLE dsigns (
  csign nvarchar(2) NOT NULL,
  ccode nvarchar(40) NOT NULL,
  PRIMARY KEY (csign, ccode)
);

-- 结算方式 / settlement styles
CREATE TABLE SettleStyle (
  cSSCode nvarchar(3) NOT NULL,
  cSSName nvarchar(20),
  bSSEnd bit,
  bSSFlag bit,
  PRIMARY KEY (cSSCode)
);

-- 结算方式科目 / settlement style to bank account
CREATE TABLE Ap_SStyleCode (
  iyear int NOT NULL,
  cSettleStyle nvarchar(3) NOT NULL,
  cFlag nvarchar(2) NOT NULL,
  cCode nvarchar(40),
  PRIMARY KEY (iyear, cSettleStyle, cFlag)
);

-- 账套选项 / options of the account set
CREATE TABLE AccInformation (
  cSysID nvarchar(2) NOT NULL,
  cName nvarchar(30) NOT NULL,
  cValue nvarchar(60),
  PRIMARY KEY (cSysID, cName)
);

-- 期间结账状态 / which periods are closed
CREATE TABLE GL_mend (
  iyear int NOT NULL,
  iperiod int NOT NULL,
  bflag bit,
  bflag_AP bit,
  bflag_AR bit,
  PRIMARY KEY (iyear, iperiod)
);

-- 正在编辑的凭证 / vouchers being edited
CREATE TABLE GL_mvcontrol (
  cuser nvarchar(20),
  iyear int NOT NULL,
  iperiod int NOT NULL,
  csign nvarchar(8) NOT NULL,
  ino_id int NOT NULL
);

-- 凭证外部号计数 / counter of voucher keys
CREATE TABLE Ap_CancelNo (
  cType nvarchar(2) NOT NULL,
  cFlag nvarchar(2) NOT NULL,
  iCancelNo int NOT NULL,
  PRIMARY KEY (cType, cFlag)
);

-- 收付款单主表；付款单为 cFlag=AP、cVouchType=49 / payment documents: cFlag AP and cVouchType 49
CREATE TABLE Ap_CloseBill (
  iID int IDENTITY(1000000001, 1) NOT NULL, -- 内部号，不变 / internal number, never changes
  cVouchType nvarchar(2) DEFAULT (N'49'),
  cVouchID nvarchar(30), -- 单据号，空则自动编号 / number, given by itself when empty
  dVouchDate datetime DEFAULT (DATEADD(day, DATEDIFF(day, 0, GETDATE()), 0)), -- 单据日期 / date
  iPeriod int,
  cDwCode nvarchar(20), -- 供应商 / supplier
  cDeptCode nvarchar(12),
  cPerson nvarchar(20),
  cItem_Class nvarchar(2),
  cItemCode nvarchar(60),
  cSSCode nvarchar(3) DEFAULT (N'3'), -- 结算方式 / settlement style
  cNoteNo nvarchar(30),
  cCoVouchType nvarchar(10),
  cCoVouchID nvarchar(30),
  cDigest nvarchar(120), -- 摘要 / purpose
  cexch_name nvarchar(8), -- 币种，空为本位币 / currency, empty: base
  iExchRate float DEFAULT (1),
  iAmount money, -- 金额：本币、原币 / amount: base, original
  iAmount_f money, -- 金额：本币、原币 / amount: base, original
  iRAmount money, -- 余额 / balance
  iRAmount_f money, -- 余额 / balance
  cOperator nvarchar(20), -- 录入人 / maker
  cCancelMan nvarchar(20),
  cCheckMan nvarchar(20), -- 审核人，非空即已审核 / approver: not empty means approved
  cRPMan nvarchar(20),
  bPrePay bit,
  bStartFlag bit DEFAULT (0), -- 期初 / opening balance
  cCode nvarchar(40) DEFAULT (N'100201'), -- 结算科目 / settlement account
  cPreCode nvarchar(40),
  iPayForOther bit,
  cSrcFlag nvarchar(10),
  cPZID nvarchar(50), -- 凭证外部号，空为未制单 / key of its voucher, empty: none yet
  cPZNum nvarchar(20),
  doutbilldate datetime,
  cFlag nvarchar(2) DEFAULT (N'AP'),
  bSend bit,
  bReceived bit,
  cCancelNo nvarchar(30),
  cBank nvarchar(120), -- 收款开户行 / payee's bank
  cBankAccount nvarchar(60), -- 收款账号，空则取供应商默认账号 / payee's account, empty: the supplier's default one
  cNatBank nvarchar(120),
  cNatBankAccount nvarchar(60), -- 付款账号，空则按结算科目 / paying account, empty: by settlement account
  cNatBankCode nvarchar(20),
  bFromBank bit DEFAULT (0), -- 银行导入、导出、确认标志 / bank marks
  bToBank bit DEFAULT (0), -- 银行导入、导出、确认标志 / bank marks
  bSure bit DEFAULT (0), -- 银行导入、导出、确认标志 / bank marks
  VT_ID int DEFAULT (8053),
  cDefine1 nvarchar(20),
  cDefine2 nvarchar(20),
  cDefine3 nvarchar(20),
  cDefine10 nvarchar(60),
  iAmount_s float,
  IsWfControlled bit DEFAULT (0),
  iSource int,
  iverifystate int,
  dcreatesystime datetime,
  dverifysystime datetime,
  dverifydate datetime,
  dmodifysystime datetime,
  iPayType int,
  csysbarcode nvarchar(60),
  Ufts rowversion NOT NULL, -- 行版本 / row version
  PRIMARY KEY (iID)
);

-- 收付款单子表 / lines of payment documents
CREATE TABLE Ap_CloseBills (
  iID int NOT NULL,
  ID int IDENTITY(1, 1) NOT NULL,
  iType int DEFAULT (0), -- 0 应付 1 预付 2 费用 / payable, prepayment, expense
  bPrePay bit,
  cCusVen nvarchar(20),
  iAmt_f money,
  iAmt money,
  iRAmt_f money,
  iRAmt money,
  cKm nvarchar(40), -- 科目 / account
  cXmClass nvarchar(2),
  cXm nvarchar(60),
  cDepCode nvarchar(12),
  cPersonCode nvarchar(20),
  cMemo nvarchar(120),
  PRIMARY KEY (ID)
);

-- 应付明细账 / AP ledger
CREATE TABLE Ap_Detail (
  Auto_ID int IDENTITY(1, 1) NOT NULL,
  iPeriod int,
  cVouchType nvarchar(10),
  cVouchID nvarchar(30),
  dVouchDate datetime,
  cDwCode nvarchar(20),
  cCode nvarchar(40),
  cFlag nvarchar(2),
  cProcStyle nvarchar(2),
  iFlag int, -- 6 结算行 0 往来行 / settlement row, partner row
  iDAmount money,
  iCAmount money,
  cPZid nvarchar(50),
  dPZDate datetime,
  cGLSign nvarchar(8),
  iGLno_id int,
  ino_id int,
  PRIMARY KEY (Auto_ID)
);

-- 凭证及明细账 / voucher lines
CREATE TABLE GL_accvouch (
  i_id int IDENTITY(1, 1) NOT NULL,
  iperiod int,
  csign nvarchar(8),
  isignseq int,
  ino_id int, -- 凭证号 / number, at most 32767
  inid int,
  dbill_date datetime,
  idoc int,
  cbill nvarchar(20), -- 制单 审核 记账 出纳 / maker, reviewer, poster, cashier
  ccheck nvarchar(20), -- 制单 审核 记账 出纳 / maker, reviewer, poster, cashier
  cbook nvarchar(20), -- 制单 审核 记账 出纳 / maker, reviewer, poster, cashier
  ccashier nvarchar(20), -- 制单 审核 记账 出纳 / maker, reviewer, poster, cashier
  ibook int NOT NULL DEFAULT (0),
  iflag int, -- 1 作废 2 有错 / voided, faulty
  ctext1 nvarchar(10),
  ctext2 nvarchar(10),
  cdigest nvarchar(120),
  ccode nvarchar(40) NOT NULL,
  cexch_name nvarchar(8),
  md money NOT NULL DEFAULT (N'0'),
  mc money NOT NULL DEFAULT (N'0'),
  md_f money NOT NULL DEFAULT (N'0'),
  mc_f money NOT NULL DEFAULT (N'0'),
  nfrat float NOT NULL DEFAULT (0),
  nd_s float NOT NULL DEFAULT (0),
  nc_s float NOT NULL DEFAULT (0),
  csettle nvarchar(3),
  cn_id nvarchar(30), -- 票号 / bill number
  dt_date datetime,
  cdept_id nvarchar(12),
  cperson_id nvarchar(20),
  ccus_id nvarchar(20),
  csup_id nvarchar(20),
  citem_class nvarchar(2),
  citem_id nvarchar(60),
  cname nvarchar(40),
  ccode_equal nvarchar(50),
  ccodeexch_equal nvarchar(2000),
  iflagbank int,
  iflagPerson int,
  cBankReconNo nvarchar(30),
  bdelete bit DEFAULT (0),
  coutaccset nvarchar(3),
  ioutyear int,
  ioutperiod int,
  coutsysname nvarchar(10),
  coutsysver nvarchar(10),
  doutbilldate datetime,
  doutdate datetime,
  coutsign nvarchar(100),
  coutno_id nvarchar(50), -- 外部业务号 / external key
  coutbillsign nvarchar(100),
  coutid nvarchar(50),
  cblueoutno_id nvarchar(50),
  bvouchedit bit,
  bvouchAddordele bit,
  bvouchmoneyhold bit,
  bvalueedit bit,
  bcodeedit bit,
  ccodecontrol nvarchar(50),
  bPCSedit bit,
  bDeptedit bit,
  bItemedit bit,
  bCusSupInput bit,
  bFlagOut bit NOT NULL DEFAULT (0),
  RowGuid nvarchar(60) NOT NULL DEFAULT (N''),
  iyear int,
  iYPeriod int,
  daudit_date datetime,
  tvouchtime datetime,
  PRIMARY KEY (i_id)
);

-- 现金流量 / cash-flow items of voucher lines
CREATE TABLE GL_CashTable (
  iPeriod int,
  iSignSeq int,
  iNo_id int,
  inid int,
  cCashItem nvarchar(60),
  md money,
  mc money,
  md_f money,
  mc_f money,
  nd_s float,
  nc_s float,
  ccode nvarchar(40),
  cdept_id nvarchar(12),
  cperson_id nvarchar(20),
  ccus_id nvarchar(20),
  csup_id nvarchar(20),
  citem_class nvarchar(2),
  citem_id nvarchar(60),
  dbill_date datetime,
  csign nvarchar(8),
  iyear int,
  iYPeriod int,
  RowGuid nvarchar(60),
  cexch_name nvarchar(8)
);

CREATE INDEX ix_GL_accvouch_1 ON GL_accvouch (iyear, iperiod, isignseq, ino_id);

CREATE INDEX ix_GL_accvouch_2 ON GL_accvouch (coutno_id);

CREATE INDEX ix_Ap_CloseBill_3 ON Ap_CloseBill (Ufts);

CREATE INDEX ix_Ap_CloseBills_4 ON Ap_CloseBills (iID);

CREATE INDEX ix_Ap_Detail_5 ON Ap_Detail (cVouchID);

-- 样例中的外部号存储过程，形同 U8 / U8's procedure of voucher keys, in the sample's form
CREATE PROCEDURE Ap_Proc_CancelNo (@cType nvarchar(2), @cFlag nvarchar(2), @iStep int = 1, @cNo nvarchar(17) OUTPUT) AS
BEGIN
  SET NOCOUNT ON;
  UPDATE Ap_CancelNo SET iCancelNo = iCancelNo + @iStep WHERE cType = @cType AND cFlag = @cFlag;
  SET @cNo = (SELECT @cFlag + RIGHT(N'0000000000000' + CAST(iCancelNo AS nvarchar(13)), 13) FROM Ap_CancelNo WHERE cType = @cType AND cFlag = @cFlag);
END;
