// pain.001 as the gateway writes it, against messages composed by hand from the standard and against the schemas of ISO 20022.

import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { parseXml, type XmlNode } from '../../bank-gateways/shared/xml'
import { amountOf } from '../../connector/core/money'
import { batchProblem, instructionProblem, paymentFile } from '../../bank-gateways/iso20022/codec-pain001'
import { isIban, PROFILE_NAMES } from '../../bank-gateways/iso20022/profiles'
import { addDays } from '../../connector/core/bank-time'
import type { Instruction } from '../../connector/ports'
import { configOf, golden, instruction, NOW, PAYEE, PAYER, type Change } from '../support/iso20022'
import { hasSchemas, schemaErrors } from '../support/xsd'

const ROOT = '/srv/bank'
const second: Change = {
  reference: 'YQ260302001000002',
  batch: { reference: 'YQ260302001000009', line: 2 },
  isUrgent: true,
}
const usd = (minor: bigint) => ({ minor, currency: 'USD' })
const trader = { ...PAYEE, account: PAYER, name: 'Example Trading' }
const GERMAN = {
  account: 'DE89370400440532013000',
  name: 'Müller <Söhne>',
  bankName: 'Beispielbank',
  bankCode: 'BANKDEFFXXX',
}

const CASES: Readonly<Record<string, { readonly config: object; readonly batch: readonly Instruction[] }>> = {
  'china.pain.001.001.03.xml': {
    config: {},
    batch: [
      instruction(),
      instruction({
        ...second,
        amount: { minor: 10_000_000_001n, currency: 'CNY' },
        businessType: 'payroll',
        purpose: '二月工资',
        postscript: '',
        payee: { kind: 'P', name: '张三 & 𠮷', account: '6222000011112222' },
      }),
    ],
  },
  'cgi-mp.pain.001.001.09.xml': {
    config: {
      version: 'pain.001.001.09',
      profile: 'cgi-mp',
      initiator: { name: 'Example Trading' },
      agent: { bic: 'BANKCNBJ' },
      accounts: { [PAYER]: { currency: 'USD' } },
    },
    batch: [
      instruction({ payer: trader, amount: usd(100_000n), payee: GERMAN, purpose: 'Invoice 7', postscript: '' }),
      instruction({ ...second, payer: trader, amount: usd(50_000n), businessType: 'expense' }),
    ],
  },
  'sepa.pain.001.001.03.xml': {
    config: {
      profile: 'sepa',
      initiator: { name: 'Example GmbH' },
      agent: { bic: 'BANKDEFF' },
      accounts: { [PAYER]: { currency: 'EUR', iban: 'DE02120300000000202051' } },
    },
    batch: [
      instruction({
        payer: { ...trader, name: 'Example GmbH' },
        amount: { minor: 7n, currency: 'EUR' },
        purpose: 'Rechnung 7',
        postscript: 'Müller',
        payee: { account: 'NL91ABNA0417164300', name: 'Beispiel AG', bankCode: '' },
      }),
    ],
  },
}

describe.each(Object.entries(CASES))('%s', (name, { config, batch }) => {
  const settled = configOf(ROOT, config)

  test('is what the standard and the profile ask for, element for element', () => {
    expect(batch.map(one => instructionProblem(one, settled))).toEqual(batch.map(() => null))
    expect(paymentFile(batch, settled, NOW).replace(/>\s+</g, '><').trim()).toBe(golden(name))
  })

  test('sent again on another day it bears the same ids and the same payments (I2)', () => {
    const withoutDays = (text: string): string => text.replace(/\d{4}-\d{2}-\d{2}(?:T[\d:+]+)?/g, 'day')
    const later = paymentFile(batch, settled, Date.parse(`${addDays('2026-03-02', 3)}T08:00:00+08:00`))
    expect(later).toContain('2026-03-05')
    expect(withoutDays(later)).toBe(withoutDays(paymentFile(batch, settled, NOW)))
  })
})

const testSchema = hasSchemas ? test : test.skip

testSchema.each(
  PROFILE_NAMES.flatMap(profile =>
    (['pain.001.001.03', 'pain.001.001.09'] as const).map(version => ({ profile, version })),
  ),
)('$profile in $version is valid by the schema of ISO 20022', async ({ profile, version }) => {
  const found = Object.entries(CASES).find(([name]) => name.startsWith(`${profile}.`))?.[1]
  const kinds = ['none', 'account-type', 'category-purpose', 'local-instrument'] as const
  const all = kinds.map(where => {
    const payeeKind = { where, company: 'C', person: 'P' }
    const changes = { payeeKind, priority: where === 'local-instrument', purpose: 'purpose-proprietary' as const }
    return { ...found?.config, version, profile, profileChanges: where === 'none' ? {} : changes }
  })
  const texts = all.map(config => paymentFile(found?.batch ?? [], configOf(ROOT, config), NOW))
  expect(new Set(texts).size).toBeGreaterThan(1)
  expect(await schemaErrors(version, texts)).toEqual([])
})

testSchema('the schema check itself can fail', async () => {
  const text = golden('china.pain.001.001.03.xml').replace('<NbOfTxs>2</NbOfTxs>', '')
  expect(await schemaErrors('pain.001.001.03', [text])).not.toEqual([])
})

test.each<[string, Change, object, string]>([
  ['a name of 61 characters', { payee: { name: '超'.repeat(61) } }, {}, 'iso20022.payee_name'],
  ['an empty name', { payee: { name: ' ' } }, {}, 'iso20022.payee_name'],
  ['a control character', { payee: { name: '戊\u0007公司' } }, {}, 'iso20022.payee_name'],
  ['an account with blanks', { payee: { account: '6222 0011' } }, {}, 'iso20022.payee_account'],
  ['an account of 35', { payee: { account: '1'.repeat(35) } }, {}, 'iso20022.payee_account'],
  ['a bank code of 11 digits', { payee: { bankCode: '31329000300' } }, {}, 'iso20022.payee_bank'],
  ['a BIC where CNAPS is wanted', { payee: { bankCode: 'BANKDEFFXXX' } }, {}, 'iso20022.payee_bank'],
  ['another currency', { amount: usd(1n) }, {}, 'iso20022.currency'],
  ['no amount', { amount: { minor: 0n, currency: 'CNY' } }, {}, 'iso20022.amount'],
  ['19 digits', { amount: { minor: 10n ** 18n, currency: 'CNY' } }, {}, 'iso20022.amount'],
  [
    'an account that is not ours',
    { payer: { ...PAYEE, account: '6222021234567890123' } },
    {},
    'iso20022.unknown_account',
  ],
  ['a reference with a hyphen', { reference: 'YQ-1' }, {}, 'iso20022.reference'],
  ['a reference longer than the site allows', {}, { referenceMaxBytes: 15 }, 'iso20022.reference'],
])('%s keeps the payment out of the file', (_, change, config, code) => {
  const found = instructionProblem(instruction(change), configOf(ROOT, config))
  expect(found?.code).toBe(code)
  expect(found?.reason).toMatch(/[\u4e00-\u9fff].* \/ /)
  expect(found?.reason).not.toMatch(/\d{12}/)
})

test('SEPA takes no urgency, no foreign letters in a name and no account but an IBAN', () => {
  const { config, batch } = CASES['sepa.pain.001.001.03.xml'] ?? { config: {}, batch: [] }
  const sepa = configOf(ROOT, config)
  const [good = instruction()] = batch
  const codes = [
    { ...good, isUrgent: true },
    { ...good, payee: { ...good.payee, name: 'Müller' } },
    { ...good, payee: { ...good.payee, account: 'NL91ABNA0417164301' } },
  ].map(one => instructionProblem(one, sepa)?.code)
  expect(codes).toEqual(['iso20022.urgent', 'iso20022.payee_name', 'iso20022.payee_account'])
})

test('one file has one payer, one batch, distinct references and no more than batchMax', () => {
  const config = configOf(ROOT, { batchMax: 2 })
  const [one, two] = [instruction(), instruction(second)]
  expect(batchProblem([one, two], config)).toBeNull()
  const other = { ...two, batch: { reference: 'YQ1', line: 1 } }
  const stranger = { ...two, payer: { ...two.payer, account: '1' } }
  for (const batch of [
    [one, one],
    [one, other],
    [one, stranger],
    [one, two, { ...two, reference: 'YQ3' }],
  ])
    expect(batchProblem(batch, config)?.code).toBe('iso20022.batch')
})

test('what informs is cut at a whole character, what names never', () => {
  const text = paymentFile([instruction({ purpose: '𠮷'.repeat(80) })], configOf(ROOT), NOW)
  expect(text).toContain(`<Ustrd>${'𠮷'.repeat(60)}</Ustrd>`)
})

test('an IBAN is known by its check digits', () => {
  expect(['DE89370400440532013000', 'GB82WEST12345698765432', 'NL91ABNA0417164300'].map(isIban)).toEqual([
    true,
    true,
    true,
  ])
  expect(['DE89370400440532013001', 'DE89', '940300010000000001', 'de89370400440532013000'].map(isIban)).toEqual([
    false,
    false,
    false,
    false,
  ])
})

const PAIN = path.resolve(__dirname, '../../../../shared/fixtures/pain')
const FIXTURE = 'salesking+sepa_king/spec/examples/pain.001.001.03.xml'
const hasFixture = existsSync(path.join(PAIN, FIXTURE))
if (!hasFixture) console.warn(`skipped: no pain.001 of other people at ${PAIN}`)
const testFixture = hasFixture ? test : test.skip

testFixture('what others pay in a file of theirs is paid the same in a file of ours, element behind element', () => {
  const expected = expectedSchema.parse(
    JSON.parse(readFileSync(path.join(PAIN, 'expected-normalised', `${FIXTURE}.json`), 'utf8')),
  )
  const [block] = expected.payments
  if (!block) throw new Error('no payments')
  const config = configOf(ROOT, {
    profile: 'sepa',
    profileChanges: { payeeAgent: 'bic' },
    initiator: { name: 'Initiator Name' },
    agent: { bic: 'BANKDEFFXXX' },
    accounts: { [PAYER]: { currency: 'EUR', iban: block.debtorAccount } },
  })
  const batch = block.transactions.map(one =>
    instruction({
      reference: one.endToEndId,
      payer: { ...trader, name: block.debtor },
      amount: amountOf(one.amount, one.ccy),
      purpose: 'Unstructured Remittance Information',
      postscript: '',
      payee: { account: one.creditorAccount, name: one.creditor, bankCode: 'SPUEDE2UXXX' },
    }),
  )
  expect(batch.map(one => instructionProblem(one, config))).toEqual([null, null])
  const ours = leavesOf(parseXml(paymentFile(batch, config, NOW)))
  const theirs = leavesOf(parseXml(readFileSync(path.join(PAIN, FIXTURE), 'utf8')))
  // Ours has more: a sum of the file, an InstrId, a currency. The ids and days are each file's own.
  const isOwn = /(?:MsgId|PmtInfId|CreDtTm|ReqdExctnDt|BtchBookg) /
  const wanted = theirs.filter(leaf => !isOwn.test(leaf))
  expect(ours.filter(leaf => wanted.includes(leaf))).toEqual(wanted)
  expect(ours).toContain(`Document/CstmrCdtTrfInitn/GrpHdr/CtrlSum ${expected.actualSum}`)
})

const expectedSchema = z.object({
  actualSum: z.string(),
  payments: z.array(
    z.object({
      debtor: z.string(),
      debtorAccount: z.string(),
      transactions: z.array(
        z.object({
          endToEndId: z.string(),
          amount: z.string(),
          ccy: z.string(),
          creditor: z.string(),
          creditorAccount: z.string(),
        }),
      ),
    }),
  ),
})

/** Every element with a text, by its path, in order. */
function leavesOf(node: XmlNode, above = ''): readonly string[] {
  const here = `${above}${node.name}`
  return node.children.length === 0
    ? [`${here} ${node.text.trim()}`]
    : node.children.flatMap(child => leavesOf(child, `${here}/`))
}
