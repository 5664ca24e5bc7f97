// Which elements of camt.052, .053 and .054 are read, in every version, and under which name: paths as the message
// definitions of ISO 20022 give them (001.01 differs in names, 001.04 in the status, 001.08 in the parties).

export type RecordKind = 'statement' | 'balance' | 'entry' | 'detail'

/** The elements of one record, by key. */
export type Fields = Record<string, string | undefined>

/** One element to be read. What has no shape is passed over with all that is in it. */
export type Shape = {
  readonly children: Map<string, Shape>
  /** A record of its own begins here. */
  record: RecordKind | null
  /** Its text is kept under this key. */
  key: string | null
  /** Several are kept, one a line; otherwise the first counts. */
  isList: boolean
  /** Its attribute Ccy is kept under this key, `<key>Ccy`. */
  currencyKey: string | null
}

type Paths = Readonly<Record<string, string>>

const AMOUNT: Paths = { Amt: 'amount$', CdtDbtInd: 'indicator' }

const BALANCE: Paths = {
  ...AMOUNT,
  'Tp/CdOrPrtry/Cd': 'type',
  'Tp/CdOrPrtry/Prtry': 'type',
  'Tp/Cd': 'type',
  'Dt/Dt': 'on',
  'Dt/DtTm': 'on',
  'CdtLine/Incl': 'includesCredit',
}

const BANK_CODE: Paths = {
  ...at('FinInstnId', { BICFI: 'Bic', BIC: 'Bic', 'ClrSysMmbId/MmbId': 'Code', 'ClrSysMmbId/Id': 'Code' }),
  ...at('FinInstnId', { Nm: 'BankName', 'NmAndAdr/Nm': 'BankName', 'CmbndId/BIC': 'Bic', 'CmbndId/Nm': 'BankName' }),
}

const ACCOUNT_ID: Paths = {
  'Id/IBAN': 'Iban',
  'Id/BBAN': 'Number',
  'Id/UPIC': 'Number',
  'Id/Othr/Id': 'Number',
  'Id/PrtryAcct/Id': 'Number',
}

const PARTY_NAME: Paths = {
  Nm: 'Name',
  'Pty/Nm': 'Name',
  'Agt/FinInstnId/Nm': 'Name',
  'FinInstnId/Nm': 'Name',
  'Agt/FinInstnId/BICFI': 'AgentBic',
}

const TRANSACTION_CODE: Paths = {
  'BkTxCd/Domn/Cd': 'domain',
  'BkTxCd/Domn/Fmly/Cd': 'family',
  'BkTxCd/Domn/Fmly/SubFmlyCd': 'subFamily',
  'BkTxCd/Prtry/Cd': 'ownCode',
}

const BATCH: Paths = { PmtInfId: 'batchId', MsgId: 'batchMessage' }

const DETAIL: Paths = {
  ...AMOUNT,
  ...TRANSACTION_CODE,
  'Refs/EndToEndId': 'endToEndId',
  'Refs/InstrId': 'instructionId',
  'Refs/PmtInfId': 'batchId',
  'Refs/AcctSvcrRef': 'bankReference',
  'Refs/TxId': 'transactionId',
  'AmtDtls/TxAmt/Amt': 'txAmount$',
  'AmtDtls/CntrValAmt/Amt': 'counterAmount$',
  'AmtDtls/InstdAmt/Amt': 'instructedAmount$',
  ...at('RltdPties/Dbtr', PARTY_NAME, 'debtor'),
  ...at('RltdPties/Cdtr', PARTY_NAME, 'creditor'),
  ...at('RltdPties/UltmtDbtr', PARTY_NAME, 'ultimateDebtor'),
  ...at('RltdPties/UltmtCdtr', PARTY_NAME, 'ultimateCreditor'),
  ...at('RltdPties/DbtrAcct', ACCOUNT_ID, 'debtor'),
  ...at('RltdPties/CdtrAcct', ACCOUNT_ID, 'creditor'),
  ...at('RltdAgts/DbtrAgt', BANK_CODE, 'debtor'),
  ...at('RltdAgts/CdtrAgt', BANK_CODE, 'creditor'),
  'RmtInf/Ustrd': 'remittance[]',
  'RmtInf/Strd/RfrdDocInf/Nb': 'structured[]',
  'RmtInf/Strd/RfrdDocInf/RfrdDocNb': 'structured[]',
  'RmtInf/Strd/CdtrRefInf/Ref': 'structured[]',
  'RmtInf/Strd/CdtrRefInf/CdtrRef': 'structured[]',
  'RmtInf/Strd/AddtlRmtInf': 'structured[]',
  'RtrInf/Rsn/Cd': 'returnCode',
  'RtrInf/Rsn/Prtry': 'returnCode',
  'RtrInf/RtrRsn/Cd': 'returnCode',
  'RtrInf/RtrRsn/Prtry': 'returnCode',
  'RtrInf/AddtlInf': 'returnText[]',
  AddtlTxInf: 'additional',
}

const ENTRY: Paths = {
  ...AMOUNT,
  ...TRANSACTION_CODE,
  NtryRef: 'entryReference',
  RvslInd: 'reversal',
  Sts: 'status',
  'Sts/Cd': 'status',
  'Sts/Prtry': 'ownStatus',
  'BookgDt/Dt': 'bookedOn',
  'BookgDt/DtTm': 'bookedOn',
  'ValDt/Dt': 'valueOn',
  'ValDt/DtTm': 'valueOn',
  AcctSvcrRef: 'bankReference',
  AddtlNtryInf: 'additional',
  ...at('Btch', BATCH),
  ...at('NtryDtls/Btch', BATCH),
}

const STATEMENT: Paths = {
  Id: 'reference',
  ElctrncSeqNb: 'number',
  LglSeqNb: 'legalNumber',
  'Acct/Ccy': 'currency',
  ...at('Acct', ACCOUNT_ID, 'account'),
  ...at('Acct/Svcr', BANK_CODE, 'servicer'),
}

/** The message element: its child is the statement, the report or the notification. */
export const MESSAGE: Shape = buildMessage()

function buildMessage(): Shape {
  const message = emptyShape()
  const statement = recordShape('statement', STATEMENT)
  const entry = recordShape('entry', ENTRY)
  const detail = recordShape('detail', DETAIL)
  entry.children.set('TxDtls', detail)
  childOf(entry, 'NtryDtls').children.set('TxDtls', detail)
  statement.children.set('Bal', recordShape('balance', BALANCE))
  statement.children.set('Ntry', entry)
  for (const name of ['Stmt', 'Rpt', 'Ntfctn']) message.children.set(name, statement)
  return message
}

/** The paths below a prefix; `name` goes before each key, which then begins with a capital. */
function at(prefix: string, paths: Paths, name = ''): Paths {
  return Object.fromEntries(Object.entries(paths).map(([path, key]) => [`${prefix}/${path}`, `${name}${key}`]))
}

function recordShape(record: RecordKind, paths: Paths): Shape {
  const root = { ...emptyShape(), record }
  for (const [path, key] of Object.entries(paths)) {
    let shape: Shape = root
    for (const name of path.split('/')) shape = childOf(shape, name)
    shape.isList = key.endsWith('[]')
    shape.key = key.replace(/\[\]$|\$$/, '')
    shape.currencyKey = key.endsWith('$') ? `${shape.key}Ccy` : null
  }
  return root
}

function childOf(shape: Shape, name: string): Shape {
  const known = shape.children.get(name)
  if (known) return known
  const created = emptyShape()
  shape.children.set(name, created)
  return created
}

function emptyShape(): Shape {
  return { children: new Map(), record: null, key: null, isList: false, currencyKey: null }
}
