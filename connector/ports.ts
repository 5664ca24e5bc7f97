// Every boundary type in the system. Read this file first, then core/lifecycle.ts.
// A port is tiny, its expected outcomes are values discriminated on `kind`, and nothing in it has a default that
// moves money, names an account or chooses a unit. Dates without a time are `yyyy-MM-dd` in the bank's zone,
// Asia/Shanghai; instants are epoch milliseconds (`…At`, `…Ms`).

// ---------------------------------------------------------------------------------------------------- time and money

export interface Clock {
  /** Epoch milliseconds. */
  now(): number
  /** Resolves after `ms`, or at once when the signal aborts. Never rejects. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
}

/** An exact amount: whole minor units (分) of an ISO 4217 currency. There is no floating point near money (I8). */
export type Money = { readonly minor: bigint; readonly currency: string }

/** A slice of a longer answer. `next` resumes after it; null means there is no more. */
export type Page<T> = { readonly items: readonly T[]; readonly next: string | null }

/** Both ends included, `yyyy-MM-dd`. */
export type DateRange = { readonly from: string; readonly to: string }

// ------------------------------------------------------------------------------------------------------- the ERP side

/** The ERP's own key of what it asked. Unique for ever; a failed payment is asked again as a later revision. */
export type RequestKey = {
  readonly sourceSystem: string
  readonly accountSet: string
  readonly docType: string
  readonly docNo: string
  readonly docLine: number
  /** Null where the ERP does not number its askings (U8): intake then numbers them from `approval`. */
  readonly revision: number | null
}

/** What the ERP asked, word for word: nothing here has been validated, and `''` stands for an empty column. */
export type PaymentRequest = {
  readonly kind: 'pay'
  readonly key: RequestKey
  /** Digest of every field that matters to the payment. Changes when the document's content changes. */
  readonly digest: string
  /** Names this asking of the document: changes when the document was approved anew, also with the same content. */
  readonly approval: string
  readonly companyCode: string
  readonly payerAccount: string
  readonly payerName: string
  readonly payeeAccount: string
  readonly payeeName: string
  readonly payeeBankName: string
  /** 联行号, 12 digits, or empty. */
  readonly payeeBankCode: string
  /** C 对公, P 对私. */
  readonly payeeKind: string
  readonly payeeProvince: string
  readonly payeeCity: string
  /** Decimal text as the ERP has it, e.g. `123.4500`. */
  readonly amount: string
  readonly currency: string
  readonly purpose: string
  readonly postscript: string
  readonly businessType: string
  readonly requestedOn: string
  readonly urgency: string
  readonly batchNo: string
  readonly maker: string
  readonly checker: string
  /** The ERP's own code of the payee (supplier code), for the journal's auxiliaries, or empty. */
  readonly partner: string
  /** True when the ERP has booked this payment in its ledger already (a voucher was the source): never book it again (I7). */
  readonly isBooked: boolean
}

/** The ERP withdraws what it asked. `request` is what it had asked, where the bridge can say: it may never have been taken. */
export type CancelRequest = {
  readonly kind: 'cancel'
  readonly key: RequestKey
  readonly by: string
  readonly request: PaymentRequest | null
}

/** A row asks for something now, and is answered in place through a `command.answered` record. */
export type CommandRequest = {
  readonly kind: 'command'
  readonly id: string
  readonly command: string
  readonly account: string
  readonly from: string
  readonly to: string
}

/** The ERP has imported one of our journal entries and gave it a voucher number (付-0001). */
export type VoucherNotice = { readonly kind: 'voucher'; readonly entryKey: string; readonly voucherNo: string }

/** Somebody in the ERP claims a collection, or gives a claim back. `claimNo` rises with each asking about one collection. */
export type CollectionRequest = {
  readonly kind: 'collection'
  /** Our key of the collection. */
  readonly key: string
  readonly claimNo: number
  /** `claim` or `release`, word for word as it stands in the row. */
  readonly request: string
  readonly customer: string
  readonly document: string
  /** Several parts, `customer:document:amount` with `;` between, or empty. */
  readonly split: string
  readonly by: string
}

export type ErpRequest = PaymentRequest | CancelRequest | CommandRequest | VoucherNotice | CollectionRequest

/**
 * `cursor` is stored with what was taken, in one transaction, and given back with the next pull (null included);
 * `hasMore` asks to be pulled again at once.
 */
export type Pull = { readonly items: readonly ErpRequest[]; readonly cursor: string | null; readonly hasMore: boolean }

/** What the ERP must be told. Every record carries a key and may be repeated without effect (I6). */
export type ErpRecord =
  | PaymentStatusRecord
  | StatementLineRecord
  | WithdrawalRecord
  | BalanceRecord
  | ReceiptRecord
  | JournalRecord
  | CommandAnswer
  | CollectionRecord

export type PaymentStatusRecord = {
  readonly kind: 'payment.status'
  readonly key: string
  readonly request: PaymentRequest
  /** The request's revision as numbered by us. */
  readonly revision: number
  /** Rises with every change: an older record never overwrites a newer one. */
  readonly seq: number
  readonly status: RowStatus
  readonly statusText: string
  readonly cause: string
  readonly errorCode: string
  readonly bankReference: string
  readonly bankSerial: string
  readonly settledAt: number | null
  readonly receiptNo: string
  readonly at: number
}

export type StatementLineRecord = {
  readonly kind: 'statement.line'
  readonly key: string
  readonly account: string
  readonly line: StatementLine
  /** The request this line paid, when it is one of ours. */
  readonly paid: RequestKey | null
  readonly at: number
}

/** A named person withdrew a line, because the bank changed or took back what it said, or restored it. */
export type WithdrawalRecord = {
  readonly kind: 'statement.withdrawal'
  readonly key: string
  /** Key of the line's own record. */
  readonly lineKey: string
  /** Counts from 1 for each line: the greatest says how it is now. */
  readonly turn: number
  readonly state: 'withdrawn' | 'restored'
  readonly person: string
  readonly reason: string
  readonly at: number
}

export type BalanceRecord = {
  readonly kind: 'balance'
  readonly key: string
  readonly balance: Balance
  readonly at: number
}

export type ReceiptRecord = {
  readonly kind: 'receipt'
  readonly key: string
  readonly account: string
  readonly lineKey: string
  readonly receiptNo: string
  readonly mediaType: string
  readonly digest: string
  readonly paid: RequestKey | null
  readonly at: number
}

/** A balanced journal entry for the ERP's ledger (I7). */
export type JournalRecord = { readonly kind: 'journal.entry'; readonly key: string; readonly entry: JournalEntry }

export type JournalEntry = {
  /** Our external key: one entry exists per key, for ever. At most 50 characters of ASCII. */
  readonly key: string
  readonly accountSet: string
  readonly date: string
  /** 凭证类别字, e.g. 付, 收, 记. */
  readonly voucherType: string
  readonly summary: string
  readonly maker: string
  readonly lines: readonly JournalLine[]
  /** The document this entry books, when it is a payment's: the ERP may book it through the document's own module. */
  readonly document: RequestKey | null
  /** The rule that made it, for the trail. */
  readonly rule: string
  /** A red entry (红字): it takes back this earlier entry of ours, its amounts are negative. Absent: an ordinary one. */
  readonly reverses?: ReversedEntry
}

export type ReversedEntry = {
  /** Key of the entry that is taken back. */
  readonly key: string
  readonly date: string
  readonly voucherType: string
  /** As the ERP numbered it; empty while it has not. */
  readonly voucherNo: string
  /** Why: the bank line that took it back, or a person's words. */
  readonly reason: string
}

export type JournalLine = {
  readonly account: string
  readonly side: 'debit' | 'credit'
  readonly amount: Money
  readonly summary: string
  readonly auxiliaries: Auxiliaries
  /** On a bank line: the bank's serial or our reference, and the day; reconciliation matches on it. */
  readonly settlement: { readonly style: string; readonly number: string; readonly date: string } | null
}

export type Auxiliaries = {
  readonly supplier?: string
  readonly customer?: string
  readonly department?: string
  readonly person?: string
  readonly itemClass?: string
  readonly item?: string
  readonly cashFlowItem?: string
}

/** open: to be claimed · claimed: its customer is known · booked: its entry was made · withdrawn: nobody may claim it any more. */
export type CollectionState = 'open' | 'claimed' | 'booked' | 'withdrawn'

/** Incoming money that is to be claimed (到款通知), and what became of it. */
export type CollectionRecord = {
  readonly kind: 'collection'
  readonly key: string
  /** Key of the collection: all records about it carry it. */
  readonly collection: string
  /** Rises with every change: an older record never overwrites a newer one. */
  readonly seq: number
  readonly accountSet: string
  readonly account: string
  readonly lineKey: string
  readonly line: StatementLine
  readonly state: CollectionState
  readonly text: string
  /** Number of the ERP's last asking that was answered; 0 when it has asked nothing. */
  readonly answeredNo: number
  readonly entryKey: string
  readonly at: number
}

export type CommandAnswer = {
  readonly kind: 'command.answered'
  readonly key: string
  readonly id: string
  readonly ok: boolean
  readonly text: string
  readonly at: number
}

export type PushResult =
  /** Written, or found written already. `erpNumber`: what the ERP called it (a voucher number), or empty. */
  | { readonly kind: 'done'; readonly erpNumber: string }
  /** The ERP's answer is no, by a named rule (a gate). Tried again only after a long pause or by a person. */
  | { readonly kind: 'refused'; readonly code: string; readonly text: string }
  /** Busy or locked right now: try again soon. */
  | { readonly kind: 'deferred'; readonly reason: string }

/** One line of the ERP's bank-deposit journal (银行存款日记账). Amounts from the account's view: money out is negative. */
export type LedgerLine = {
  readonly id: string
  readonly date: string
  readonly amount: Money
  readonly reference: string
  readonly counterparty: string
  readonly text: string
  readonly voucherNo: string
  /** Our journal entry's key when the line came from us, else null. */
  readonly entryKey: string | null
}

export type Recheck = 'same' | 'changed' | 'withdrawn'

export type Check = {
  readonly name: string
  readonly ok: boolean
  /** What was found and, when not ok, what to do about it: Chinese, then English. */
  readonly zh: string
  readonly en: string
  readonly latencyMs: number | null
  /** Their clock minus ours. */
  readonly clockDifferenceMs: number | null
}

/** What the ERP's own row says of a payment: what we once told it, which a restored store may have forgotten. */
export type Shown = {
  /** `key.revision` is the row's; an empty digest says that the row cannot be compared with the document it stands for. */
  readonly request: PaymentRequest
  readonly status: RowStatus
  /** The `seq` of the newest status record that reached the row. */
  readonly seq: number
  readonly bankReference: string
  readonly bankSerial: string
}

export interface ErpBridge {
  readonly name: string
  /** Reads what the ERP asks. Items may come again after a crash; intake knows them by key. */
  pull(after: string | null, limit: number): Promise<Pull>
  /** One result a record, in order. Keyed, repeatable (I6). Throws when the ERP cannot be reached. */
  push(records: readonly ErpRecord[]): Promise<readonly PushResult[]>
  /** Immediately before a send: is the document still what was taken? Absent where taken rows are frozen. */
  recheck?(requests: readonly PaymentRequest[]): Promise<readonly Recheck[]>
  /** Rows with a bank reference among the newest `events` things that the ERP was told (I10). Absent: it keeps none. */
  shown?(events: number): Promise<readonly Shown[]>
  /** The bank-deposit journal of one ledger account over a range of days. */
  ledger?(ledgerAccount: string, range: DateRange): AsyncIterable<LedgerLine>
  /** Codes of the customers that the ERP's master data has with this very account, and with this very name. */
  customers?(account: string, name: string): Promise<CustomerCodes>
  /** Connectivity, rights, what is missing. Never throws. */
  doctor(): Promise<readonly Check[]>
  close(): Promise<void>
}

export type CustomerCodes = { readonly byAccount: readonly string[]; readonly byName: readonly string[] }

// ------------------------------------------------------------------------------------------------------ the bank side

export type Party = {
  readonly account: string
  readonly name: string
  readonly bankName: string
  /** CNAPS 联行号, 12 digits, or empty. */
  readonly bankCode: string
  /** C 对公, P 对私. */
  readonly kind: 'C' | 'P'
  readonly province: string
  readonly city: string
}

/** What the bank is told. Built once, stored before any byte is sent (I2), never changed. */
export type Instruction = {
  /** Ours, unique for life at this bank, fits `traits.reference`. */
  readonly reference: string
  /** The package it travels in, and its line there (from 1). Fixed before the first send. */
  readonly batch: { readonly reference: string; readonly line: number }
  readonly payer: Party
  readonly payee: Party
  readonly amount: Money
  readonly purpose: string
  readonly postscript: string
  readonly isUrgent: boolean
  readonly businessType: string
  /** The bank day on which it was first sent, `yyyy-MM-dd`; null before. */
  readonly sentOn: string | null
}

/** What the bank said about an instruction. Null where its answer does not say: the core compares what is there. */
export type Echo = {
  readonly reference: string | null
  readonly amount: Money | null
  readonly payeeAccount: string | null
  /** The bank's own serial number, or empty. */
  readonly bankSerial: string
  /** The bank's status code and words, for the trail. */
  readonly code: string
  readonly text: string
}

export type Refusal = { readonly code: string; readonly text: string; readonly bankSerial: string }

/** `isLineUp`: the bank was reached and will speak later, as banks of files do. It says nothing of the payment, and is no failure of the line. */
export type SendOutcome =
  | { readonly kind: 'accepted' | 'settled'; readonly echo: Echo }
  /** The bank answered about this instruction: not paid, and will not be. */
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** Provably no byte of the instruction left, or the bank said that nothing of it was executed. */
  | { readonly kind: 'unsent'; readonly code: string; readonly reason: string }
  /** Everything else, and everything thrown. */
  | { readonly kind: 'uncertain'; readonly code: string; readonly reason: string; readonly isLineUp?: true }

export type InquiryOutcome =
  | { readonly kind: 'accepted' | 'settled' | 'returned'; readonly echo: Echo }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** The bank says it has no such instruction now. Final only after `absentFinalAfterMs`. */
  | { readonly kind: 'absent'; readonly code: string }
  /** The question failed, or its answer is not in the tables: nothing was learned. */
  | { readonly kind: 'unavailable'; readonly code: string; readonly reason: string; readonly isLineUp?: true }

export type Balance = {
  readonly account: string
  /** When the bank took it, `yyyy-MM-ddTHH:mm:ss` of the bank's clock; `yyyy-MM-dd` where it gives no time of day. */
  readonly asOf: string
  readonly current: Money
  readonly available: Money | null
  readonly frozen: Money | null
  /** Closing balance of the previous bank day. */
  readonly previousDay: Money | null
}

export type StatementLine = {
  /** The bank's own unique id of the line, or null where it has none. */
  readonly bankId: string | null
  readonly bookedOn: string
  /** `HH:mm:ss` of the bank's clock, or empty. */
  readonly bookedTime: string
  readonly valueOn: string | null
  /** From the account's view: money out is negative. */
  readonly amount: Money
  readonly balanceAfter: Money | null
  readonly counterAccount: string
  readonly counterName: string
  readonly counterBank: string
  readonly purpose: string
  readonly text: string
  /** Our own reference as the bank carried it, or empty. */
  readonly reference: string
  readonly bankSerial: string
  /** 冲正 or 退汇: this line takes back an earlier one. */
  readonly isReversal: boolean
  /** The bank's transaction type code or word, or empty. */
  readonly type: string
  /** What `receipt()` needs to find this line's receipt, or empty. */
  readonly receiptKey: string
  /** 回单号 where a statement file names it: it joins the line to a receipt that comes as a file. No gateway asks by it. */
  readonly receiptNo?: string
}

export type ReceiptDocument = {
  readonly receiptNo: string
  readonly mediaType: 'application/pdf' | 'application/xml' | 'application/ofd'
  /** Byte-exact as the bank gave it. */
  readonly bytes: Uint8Array
}

export type TextField = 'payerName' | 'payeeName' | 'payeeBankName' | 'payeeAccount' | 'purpose' | 'postscript'

/** Facts about a bank that the core decides by. Where a bank's document is silent, the safe side. */
export type BankTraits = {
  /** The bank itself refuses a second instruction with this reference. */
  readonly dedupesReference: boolean
  /** What the bank's refusal is keyed by: each item's reference, or the package's. */
  readonly referenceScope: 'item' | 'batch'
  /** How long after the send "no such payment" becomes true; null = never. */
  readonly absentFinalAfterMs: number | null
  readonly batchMax: number
  readonly reference: { readonly maxBytes: number; readonly alphabet: 'digits' | 'alphanumeric' }
  readonly encoding: 'utf-8' | 'gbk' | 'gb18030'
  readonly currencies: readonly string[]
  /** Widest value of a field in bytes of `encoding`; a field that is not named has no known limit. */
  readonly maxBytes: Readonly<Partial<Record<TextField, number>>>
  /** How this bank is recognised as the payee's own (行内): CNAPS prefix, words in the bank's name. */
  readonly own: { readonly cnapsPrefix: string; readonly names: readonly string[] }
  /** Payee fields without which a payment to another bank (跨行) cannot be made. */
  readonly crossBankRequires: readonly ('bankCode' | 'bankName' | 'city')[]
  /** Set where balance and statement cannot be asked: people import statement files, and no schedule asks. */
  readonly statementsByFile?: true
}

export interface BankGateway {
  readonly name: string
  readonly traits: BankTraits
  /** One outcome an instruction, in order. All instructions of a call share payer account and batch reference. */
  send(batch: readonly Instruction[], signal: AbortSignal): Promise<readonly SendOutcome[]>
  inquire(batch: readonly Instruction[], signal: AbortSignal): Promise<readonly InquiryOutcome[]>
  balance(account: string, signal: AbortSignal): Promise<Balance>
  /** Lines booked within the range, each once; `after` is a page's `next` of the same account and range. */
  statement(account: string, range: DateRange, after: string | null, signal: AbortSignal): Promise<Page<StatementLine>>
  /** Null: the bank has no receipt for this line yet. */
  receipt?(account: string, line: StatementLine, signal: AbortSignal): Promise<ReceiptDocument | null>
  /** What can be said without asking the bank: a folder that cannot be written, files that could not be read, keys that end. Never throws. */
  doctor?(): Promise<readonly Check[]>
}

/** A dependency is not there, or did not answer as its protocol says: log, back off, run the step again. */
export class Fault extends Error {
  readonly code: string
  constructor(code: string, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'Fault'
    this.code = code
  }
}

// ---------------------------------------------------------------------------------------------------------- the fence

/** What a host knows of its binding to a store (I10). It lies in `dataDir`, beside nothing that a database backup takes. */
export type FenceRecord = {
  readonly storeId: string
  /** This host's secret half of the binding; the store has the other. */
  readonly token: string
  /** Changes with every confirmation: a number of sends is compared only within one epoch. */
  readonly epoch: string
  /** Number of the last send that this host began. Written before the socket, so a store below it has forgotten. */
  readonly sends: number
  /** The place itself when the binding was made. */
  readonly identity: HostIdentity
}

/** Facts about a host that a copied folder does not carry; `''` where the platform does not say. */
export type HostIdentity = { readonly machine: string; readonly folder: string }

/** The host's side of the fence: a file in production, a value in a simulation. */
export interface FenceFile {
  /** Null when there is none. @throws Fault FENCE_FILE_DAMAGED */
  read(): Promise<FenceRecord | null>
  /** Whole or not at all, and on the disk when it resolves. @throws Fault FENCE_FILE_UNWRITABLE */
  write(record: FenceRecord): Promise<void>
  /** As the place is now; makes the place when it is not there. @throws Fault FENCE_FILE_UNWRITABLE */
  identity(): Promise<HostIdentity>
}

// ------------------------------------------------------------------------------------------------------------- states

/** The life of a payment. The same words in the database, logs, metrics, ERP rows and on the console. */
export type State =
  'held' | 'ready' | 'sending' | 'unknown' | 'accepted' | 'settled' | 'failed' | 'returned' | 'cancelled'

/** What an ERP row says: a state, or `invalid` when the request never became a payment. */
export type RowStatus = State | 'invalid'
