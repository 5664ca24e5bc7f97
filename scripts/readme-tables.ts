// The tables and diagrams of the documents, made from the code they describe: `node dist/scripts/readme-tables.js` writes
// them between their markers; test/docs.test.ts fails when a document holds anything else.

import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { storeConfigSchema } from '../connector/store/config'
import { GATEWAYS } from '../bank-gateways/registry'
import { exampleConfig as exampleOf } from '../connector/cli/example'
import { ownPart, type Config } from '../connector/config'
import { TRANSITIONS } from '../connector/core/lifecycle'
import type { BankGateway, Clock } from '../connector/ports'
import { BRIDGES } from '../erp-bridges/registry'

/** Documents that hold generated parts. */
export const DOCUMENTS = ['README.md', 'README.zh-CN.md', 'ARCHITECTURE.md'] as const
export type Lang = 'en' | 'zh'

const ROOT = path.resolve(__dirname, '../..')

type Words = Readonly<Record<Lang, string>>
/** What no registry can say: how sure we are, and what the adapter has been tried on. */
type Standing = { readonly sure: Words; readonly tested: Words; readonly hasNoReceipts?: true }

const BANKS: Readonly<Record<string, Standing>> = {
  icbc: {
    sure: {
      en: 'confirmed: transport, envelope, PAYENT, QPAYENT, QACCBAL, QPD, QHISD, Result 0–11. Inferred: sign page, receipt reply rows. Unverified: field lengths, package maximum, code of a repeated number',
      zh: '已证实：传输、报文信封、PAYENT、QPAYENT、QACCBAL、QPD、QHISD、Result 0–11。推断：签名页、回单应答行。未证实：字段长度、单包上限、包号重复的返回码',
    },
    tested: {
      en: 'messages composed by hand, a fake NetSafe Client and the ICBC simulator over real sockets; never the bank',
      zh: '手工编写的报文、真实套接字上的仿制 NC 与工行模拟器；从未连接银行',
    },
  },
  boc: {
    sure: {
      en: 'confirmed: envelope, sign-in, b2e0009/0061/0007/0005/0035, the listed codes. Inferred: order of b2e0061’s elements, inner b2e0500. Unverified: the rest of the codes, a repeated insid, marker of a return',
      zh: '已证实：信封、签到、b2e0009/0061/0007/0005/0035、所列返回码。推断：b2e0061 要素顺序、b2e0500 内层。未证实：其余返回码、insid 重复、退汇标志',
    },
    tested: {
      en: 'messages composed by hand, a fake front-end and the BOC simulator over real sockets; never the bank',
      zh: '手工编写的报文、真实套接字上的仿制前置机与中行模拟器；从未连接银行',
    },
  },
  ccb: {
    hasNoReceipts: true,
    sure: {
      en: 'confirmed: framing, envelope, 6W8010/8060/0600/0100/0300/0400/6WY101, DEAL_RESULT 2/3/4/5/9. Inferred: DEAL_RESULT A, the HTTP form. Unverified: DEAL_TYPE, refusal codes, a repeated REQUEST_SN, receipts',
      zh: '已证实：报文边界、信封、6W8010/8060/0600/0100/0300/0400/6WY101、DEAL_RESULT 2/3/4/5/9。推断：DEAL_RESULT A、HTTP 表单。未证实：DEAL_TYPE、拒绝码、重复 REQUEST_SN、回单',
    },
    tested: {
      en: 'messages composed by hand, a fake front-end and the CCB simulator over real sockets (TCP and HTTP); never the bank',
      zh: '手工编写的报文、真实套接字上的仿制前端与建行模拟器（TCP 与 HTTP）；从未连接银行',
    },
  },
  abc: {
    hasNoReceipts: true,
    sure: {
      en: 'confirmed: header, envelope, CFRT02/21, CQRA06, CQRA10 and its file, CQRT04’s codes. Inferred: CustRef, PreAmt, TimeStab. Unverified: lengths, the error table, CQRA61, a repeated ReqSeqNo, batch, receipts',
      zh: '已证实：报文头、信封、CFRT02/21、CQRA06、CQRA10 及其文件、CQRT04 代码。推断：CustRef、PreAmt、TimeStab。未证实：长度、错误码表、CQRA61、重复 ReqSeqNo、批量、回单',
    },
    tested: {
      en: 'messages composed by hand, a fake front-end, an SFTP server and the ABC simulator over real sockets; never the bank',
      zh: '手工编写的报文、真实套接字上的仿制前置、SFTP 服务器与农行模拟器；从未连接银行',
    },
  },
  bcm: {
    hasNoReceipts: true,
    sure: {
      en: 'confirmed: transport, envelope, 210201, 310204, 310101, 310201, 310301, stat, tranStatus, sucFlg. Inferred: id of a line, 附言 brings the summary back. Unverified: 收支标志, the particular_code table, a repeated cert_no, widths of names, the state of a payroll batch, files of large results, receipts',
      zh: '已证实：传输、信封、210201、310204、310101、310201、310301、stat、tranStatus、sucFlg。推断：明细标识、附言带回 summary。未证实：收支标志、particular_code 表、企业凭证号重复、户名长度、代发批次状态、大结果文件、回单',
    },
    tested: {
      en: 'messages composed by hand, a fake front-end and the BCM simulator over real sockets (HTTP and TCP); never the bank',
      zh: '手工编写的报文、真实套接字上的仿制前置机与交行模拟器（HTTP 与 TCP）；从未连接银行',
    },
  },
  cmb: {
    sure: {
      en: 'confirmed: transport, SM2 and SM4 pipeline, envelope, BB1PAYOP, BB1PAYQR, NTQACINF, trsQryByBreakPoint, DCSIGREC, reqSts and rtnFlg. Inferred: id of a line. Unverified: errCod table, code of a repeated yurRef, whether BB1PAYQR finds batch items, how an empty answer looks',
      zh: '已证实：传输、SM2/SM4 流程、信封、BB1PAYOP、BB1PAYQR、NTQACINF、trsQryByBreakPoint、DCSIGREC、reqSts 与 rtnFlg。推断：明细标识。未证实：errCod 表、业务参考号重复的返回码、BB1PAYQR 能否查批量明细、无记录时的应答形式',
    },
    tested: {
      en: 'an end-to-end vector of signature and cipher text, messages composed by hand and the CMB CDC simulator over real sockets; never the bank',
      zh: '签名与密文的完整向量、手工编写的报文与真实套接字上的招行 CDC 模拟器；从未连接银行',
    },
  },
  'cmb-frontend': {
    sure: {
      en: 'confirmed: envelope, RETCOD, DCPAYMNT, NTQRYSTY, GetAccInfo, GetTransInfoEX, field widths, REQSTS and RTNFLG. Inferred: id of a line, a receipt’s TRSSEQ is the line’s REFNBR, RETCOD -4…-7 mean not executed. Unverified: ERRCOD table, code of a repeated YURREF',
      zh: '已证实：信封、RETCOD、DCPAYMNT、NTQRYSTY、GetAccInfo、GetTransInfoEX、字段长度、REQSTS 与 RTNFLG。推断：明细标识、回单 TRSSEQ 即明细 REFNBR、RETCOD -4 至 -7 表示未执行。未证实：ERRCOD 表、业务参考号重复的返回码',
    },
    tested: {
      en: 'messages composed by hand and the CMB front-end simulator over real sockets; never a real front-end',
      zh: '手工编写的报文与真实套接字上的招行前置机模拟器；从未连接真实前置机',
    },
  },
  citic: {
    sure: {
      en: 'confirmed: envelope, DLOUTTRN, DLINTTRN, DLCIDSTT, DLBALQRY, DLTRNALL, statuses and stt. Inferred: stt 2 with a taken status, receipt serials. Unverified: the ED/CP codes, a repeated clientID, row order, lengths',
      zh: '已证实：信封、DLOUTTRN、DLINTTRN、DLCIDSTT、DLBALQRY、DLTRNALL、状态码与 stt。推断：stt 2 的处理中、回单流水号。未证实：ED/CP 错误码、clientID 重复、明细顺序、长度单位',
    },
    tested: {
      en: 'messages composed by hand, a fake front-end and the CITIC simulator over real sockets; never the bank',
      zh: '手工编写的报文、真实套接字上的仿制前置机与中信模拟器；从未连接银行',
    },
  },
  cib: {
    hasNoReceipts: true,
    sure: {
      en: 'confirmed: envelope, XFERTRNRQ, XFERINQTRNRQ, ASYNBATCHTRSFRTRNRQ, SCUSTSTMTTRNRQ, XFERPRCCODE, a repeated TRNUID is never executed again. Inferred: MORE as an attribute, AVAILBAL, the batch answer’s elements. Unverified: most of the error table, what SIZE counts, row order, how a receipt file is fetched',
      zh: '已证实：信封、XFERTRNRQ、XFERINQTRNRQ、ASYNBATCHTRSFRTRNRQ、SCUSTSTMTTRNRQ、XFERPRCCODE、重复 TRNUID 不再执行。推断：MORE 为属性、AVAILBAL、批量应答要素。未证实：大部分错误码、SIZE 所计、明细顺序、回单文件如何下载',
    },
    tested: {
      en: 'messages composed by hand, a fake proxy and the CIB simulator over real sockets; never the bank',
      zh: '手工编写的报文、真实套接字上的仿制代理与兴业模拟器；从未连接银行',
    },
  },
  pab: {
    hasNoReceipts: true,
    sure: {
      en: 'confirmed: 222-byte header, 4001, 4004, 4005, 4013, 4018, Stt 20/30/99, MA0103. Inferred: serial in replies, ids of lines, 4015’s absence. Unverified: the error codes, a repeated ThirdVoucher, marker of a return, receipts',
      zh: '已证实：222 字节报文头、4001、4004、4005、4013、4018、Stt 20/30/99、MA0103。推断：应答流水号、明细标识、4015 查无记录。未证实：错误码、ThirdVoucher 重复、退汇标志、回单',
    },
    tested: {
      en: 'packets composed by hand, a fake front-end and the Ping An simulator over real sockets, TCP and HTTP; never the bank',
      zh: '手工编写的报文、真实套接字（TCP 与 HTTP）上的仿制前置机与平安模拟器；从未连接银行',
    },
  },
  spdb: {
    sure: {
      en: 'confirmed: sign server, framing, unsigned refusals, 8800, 8804, 4402, transStatus. Inferred: 8801 pairing, id of a line, marker of a return. Unverified: the statement’s number 8924, debitFlag, every length, the error table, a repeated elecChequeNo, numbers of the receipt functions',
      zh: '已证实：签名服务、报文边界、未签名错误、8800、8804、4402、transStatus。推断：8801 的对应、明细标识、退汇标志。未证实：明细交易码 8924、debitFlag、各字段长度、错误码表、电子凭证号重复、回单交易码',
    },
    tested: {
      en: 'messages composed by hand, a fake sign server and gateway and the SPDB simulator over real sockets; never the bank',
      zh: '手工编写的报文、真实套接字上的仿制签名服务与网关、浦发模拟器；从未连接银行',
    },
  },
  cmbc: {
    sure: {
      en: 'confirmed: NS-BDES envelope, Xfer, qryXfer, header codes, statusCode; open platform methods, fields, is_cross, trans_status. Inferred: id of a line, explain comes back. Unverified: rows of qryBal and qryDtl, bank_route, the platform’s authentication, widths, a repeated insId, the batch file',
      zh: '已证实：NS-BDES 信封、Xfer、qryXfer、报文头代码、statusCode；开放平台方法、字段、is_cross、trans_status。推断：明细标识、explain 会带回。未证实：qryBal 与 qryDtl 的要素、bank_route、平台认证、长度、insId 重复、批量文件',
    },
    tested: {
      en: 'messages composed by hand, a fake proxy and the CMBC simulator over real sockets, both protocols; never the bank',
      zh: '手工编写的报文、真实套接字上的仿制代理与民生模拟器（两种协议）；从未连接银行',
    },
  },
  ceb: {
    sure: {
      en: 'confirmed: envelope, b2e004001, b2e004003, b2e005023, 0000 with 00 and 00, a repeated BatchID is refused. Inferred: where a status stands. Unverified, for it is not public: **balance and statement (import files)**, failure values of the flags, lengths, batches',
      zh: '已证实：信封、b2e004001、b2e004003、b2e005023、0000 且 00、00、BatchID 重复被拒。推断：状态所在位置。未证实（未公开）：**余额与明细（请导入文件）**、失败标志取值、长度、批量',
    },
    tested: {
      en: 'messages composed by hand, a fake proxy and the CEB simulator over real sockets; never the bank',
      zh: '手工编写的报文、真实套接字上的仿制代理与光大模拟器；从未连接银行',
    },
  },
  cgb: {
    hasNoReceipts: true,
    sure: {
      en: 'confirmed: envelope, 0011/0012/0021/0033, 0004, entSeqNo’s echo, the sealing of E102. Inferred: 0034’s question. Unverified, for it is not public, and entered by the site: **hostStatus and bankstatus**, elements of balance and statement, codes, lengths, receipts',
      zh: '已证实：信封、0011/0012/0021/0033、0004、entSeqNo 回显、E102 加签加密。推断：0034 的请求。未证实（未公开，由现场填写）：**hostStatus 与 bankstatus**、余额与明细要素、返回码、长度、回单',
    },
    tested: {
      en: 'messages composed by hand, OpenSSL’s SM4 and RSA, a fake client and the CGB simulator over real sockets; never the bank',
      zh: '手工编写的报文、OpenSSL 的 SM4 与 RSA、真实套接字上的仿制客户端与广发模拟器；从未连接银行',
    },
  },
  file: {
    hasNoReceipts: true,
    sure: {
      en: 'a generic layout of our own, and whatever the site writes down of its bank’s template; one payment stands in one file at most. A person may upload a file twice: no bank refuses that for us. No balance, no statement (import files)',
      zh: '自有通用格式，以及现场按银行模板填写的格式；一笔付款最多在一个文件中。有人重复上传同一文件时，没有银行替我们拒绝。不能查余额与明细（请导入文件）',
    },
    tested: {
      en: 'files composed by hand, every state of folders and records, an invented cashier over the simulated ledger; never a bank’s website',
      zh: '手工编写的文件、目录与登记的各种状态、模拟账本上的虚构出纳；从未用于银行网站',
    },
  },
  iso20022: {
    hasNoReceipts: true,
    sure: {
      en: 'confirmed: by the schemas, pain.001.03/.09, pain.002.03/.10, camt.052/053. Inferred: which reasons are duplicates, marker of a return. Unverified: every bank’s own filling, its checks for duplicates, its ids of lines',
      zh: '经 XSD 证实：pain.001.03/.09、pain.002.03/.10、camt.052/053。推断：哪些原因是重复、退汇标志。未证实：各银行自己的填法、是否查重、明细标识',
    },
    tested: {
      en: 'messages composed by hand, the schemas of ISO 20022, SSH servers (OpenSSH among them), gpg and the simulated file bank over real sockets; never a real bank',
      zh: '手工编写的报文、ISO 20022 XSD、SSH 服务器（含 OpenSSH）、gpg 与真实套接字上的模拟文件银行；从未连接银行',
    },
  },
}

const ERPS: Readonly<Record<string, Standing>> = {
  midtable: {
    sure: {
      en: 'our own tables: payments, events, lines, balances, receipts, journal, reversals, collections, ledger, commands, heartbeat; SQL Server, PostgreSQL, MySQL, SQLite',
      zh: '自有表结构：付款、事件、流水、余额、回单、凭证、冲销、到款、日记账、命令、心跳；SQL Server、PostgreSQL、MySQL、SQLite',
    },
    tested: {
      en: 'SQLite and PostgreSQL; T-SQL checked by a parser; never a real SQL Server or MySQL',
      zh: 'SQLite 与 PostgreSQL；T-SQL 经语法分析器检查；从未在真实 SQL Server 或 MySQL 上运行',
    },
  },
  u8: {
    sure: {
      en: 'reads approved payment documents or vouchers, mirrors them into yq_payment, writes vouchers behind the gates. Inferred: meaning of voucher limits, workflow state; both are settings',
      zh: '读取已审核付款单或凭证，镜像到 yq_payment，通过检查后写凭证。推断：凭证限制类型、工作流状态的含义，均可配置',
    },
    tested: {
      en: 'a sample account set on SQLite and PostgreSQL; never a real U8 or SQL Server',
      zh: 'SQLite 与 PostgreSQL 上的样例账套；从未连接真实 U8 或 SQL Server',
    },
  },
}

/** The text between the markers of each generated part, by the part's name. */
export function generatedParts(): Readonly<Record<string, string>> {
  return {
    'banks.en': bankTable('en'),
    'banks.zh': bankTable('zh'),
    'erps.en': erpTable('en'),
    'erps.zh': erpTable('zh'),
    lifecycle: lifecycleDiagram(),
  }
}

/** Throws when the document names a part that is not generated. */
export function withGeneratedParts(document: string, parts: Readonly<Record<string, string>>): string {
  return document.replace(
    /(<!-- generated:(\S+) -->\n)[\s\S]*?(<!-- \/generated -->)/g,
    (_, open: string, name: string, close: string) => {
      const part = parts[name]
      if (part === undefined) throw new Error(`nothing generates ${name}`)
      return `${open}\n${part}\n\n${close}`
    },
  )
}

/** The example site as the daemon would read it, with invented secrets. */
export function exampleConfig(): Config {
  return exampleOf({
    store: storeConfigSchema,
    bridges: Object.fromEntries(Object.entries(BRIDGES).map(([name, kind]) => [name, kind.schema])),
    gateways: Object.fromEntries(Object.entries(GATEWAYS).map(([name, kind]) => [name, kind.schema])),
  })
}

function bankTable(lang: Lang): string {
  const head = {
    en: [
      'Gateway',
      'Receipts',
      'In one package',
      'Bank refuses a repeated reference',
      '“Not found” ever final',
      'How sure',
      'Tested with',
    ],
    zh: ['网关', '回单', '每包笔数', '银行拒绝重复编号', '“查无此笔”可作定论', '把握程度', '测试依据'],
  }[lang]
  const yes = { en: 'yes', zh: '是' }[lang]
  const no = { en: 'no', zh: '否' }[lang]
  const optional = { en: 'when configured', zh: '配置后' }[lang]
  const rows = Object.entries(GATEWAYS).map(([name, kind]) => {
    const gateway = exampleGateway(name)
    const { traits } = gateway
    const { sure, tested, hasNoReceipts } = standingOf(BANKS, name)
    return [
      `**${name}** ${kind[lang]}`,
      'receipt' in gateway ? yes : hasNoReceipts ? no : optional,
      packageWords(name, traits.batchMax, lang),
      traits.dedupesReference ? yes : no,
      traits.absentFinalAfterMs === null ? no : yes,
      sure[lang],
      tested[lang],
    ]
  })
  return table(head, rows)
}

/** What the example sets, and what a site may set where `batchMax` is a setting. */
function packageWords(kind: string, batchMax: number, lang: Lang): string {
  const own = ownPart(exampleConnection(kind), 'gateway')
  const schema = GATEWAYS[kind]?.schema
  const accepts = (most: number): boolean =>
    typeof own === 'object' && own !== null && schema?.safeParse({ ...own, batchMax: most }).success === true
  const most = PACKAGES.find(accepts)
  if (most === undefined || most <= batchMax) return String(batchMax)
  return { en: `${batchMax}, up to ${most} by \`batchMax\``, zh: `${batchMax}，可设 \`batchMax\` 至 ${most}` }[lang]
}

/** Sizes that banks name, the largest first. */
const PACKAGES = [10_000, 5000, 2000, 1000, 500, 300, 200, 100, 50, 30, 20, 10, 5, 2] as const

function erpTable(lang: Lang): string {
  const head = { en: ['Bridge', 'What it does, how sure', 'Tested with'], zh: ['桥接', '功能与把握程度', '测试依据'] }[
    lang
  ]
  const rows = Object.entries(BRIDGES).map(([name, kind]) => {
    const { sure, tested } = standingOf(ERPS, name)
    return [`**${name}** ${kind[lang]}`, sure[lang], tested[lang]]
  })
  return table(head, rows)
}

function lifecycleDiagram(): string {
  const lines = Object.entries(TRANSITIONS).flatMap(([from, row]) => {
    const causesOf = new Map<string, string[]>()
    for (const [cause, to] of Object.entries(row)) causesOf.set(to, [...(causesOf.get(to) ?? []), cause])
    const arrows = [...causesOf].map(([to, causes]) => `  ${from} --> ${to}: ${causes.join(' · ')}`)
    return arrows.length > 0 ? arrows : [`  ${from} --> [*]`]
  })
  const intake = ['  [*] --> held: intake.held', '  [*] --> ready: intake.accepted']
  return ['```mermaid', 'stateDiagram-v2', ...intake, ...lines, '```'].join('\n')
}

/** The gateway of the example's connection of this kind: its traits with the safe defaults. */
function exampleGateway(kind: string): BankGateway {
  const registered = GATEWAYS[kind]
  if (!registered) throw new Error(`no gateway of the kind ${kind}`)
  const own = ownPart(exampleConnection(kind), 'gateway')
  return registered.create(own, { clock: stoppedClock, name: kind, sequence: () => '' })
}

function exampleConnection(kind: string): Config['banks'][string] {
  const connection = Object.values(exampleConfig().banks).find(bank => bank.gateway === kind)
  if (!connection) throw new Error(`examples/yinqi.yaml has no bank of the kind ${kind}`)
  return connection
}

const stoppedClock: Clock = { now: () => 0, sleep: () => Promise.resolve() }

function standingOf(standings: Readonly<Record<string, Standing>>, name: string): Standing {
  const standing = standings[name]
  if (!standing) throw new Error(`scripts/readme-tables.ts does not say how sure ${name} is`)
  return standing
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n')
}

function main(): void {
  const parts = generatedParts()
  for (const name of DOCUMENTS) {
    const file = path.join(ROOT, name)
    const before = readFileSync(file, 'utf8')
    const after = withGeneratedParts(before, parts)
    if (after !== before) writeFileSync(file, after)
  }
}

if (require.main === module) main()
