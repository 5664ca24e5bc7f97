// A process that hands payments to the file gateway, one package after the other, until it is killed. Says what was accepted.
// Arguments: folder, number of the first package.

import path from 'node:path'
import { fileConfig } from '../../bank-gateways/file/config'
import { createFileGateway } from '../../bank-gateways/file/gateway'
import type { Instruction, Party } from '../../connector/ports'

const [, , folder = '', first = '0'] = process.argv
const party: Party = { account: '', name: '公司', bankName: '某银行', bankCode: '', kind: 'C', province: '', city: '' }

async function main(): Promise<void> {
  const config = fileConfig.parse({
    out: path.join(folder, 'out'),
    in: path.join(folder, 'in'),
    written: path.join(folder, 'written'),
    accounts: { '1000000000000000001': { currency: 'CNY' } },
    own: { cnapsPrefix: '403', names: ['邮储银行'] },
  })
  const clock = { now: () => Date.now(), sleep: () => Promise.resolve() }
  const gateway = createFileGateway(config, { clock, name: 'file' })
  // Far more than any run lives for.
  for (let number = Number(first); number < 100_000; number += 1) {
    const batch = [1, 2, 3].map((line): Instruction => ({
      reference: `P${String(number).padStart(10, '0')}${line}`.padEnd(15, '0'),
      batch: { reference: `B${String(number).padStart(14, '0')}`, line },
      payer: { ...party, account: '1000000000000000001' },
      payee: { ...party, account: '6222000000000001' },
      amount: { minor: 105n, currency: 'CNY' },
      purpose: '货款',
      postscript: '',
      isUrgent: false,
      businessType: 'supplier',
      sentOn: null,
    }))
    const outcomes = await gateway.send(batch, new AbortController().signal)
    process.stdout.write(
      `${JSON.stringify({ number, outcomes: batch.map(({ reference }, index) => [reference, outcomes[index]?.kind]) })}\n`,
    )
  }
}

void main()
