// The long form of test/e2e/chaos.test.ts: breaks a whole site for minutes and compares the books afterwards.
// npm run chaos -- --minutes 5 --store postgres --erp postgres --daemons 3 --seed 7

import { cpSync } from 'node:fs'
import { Command } from 'commander'
import { chaos } from '../test/e2e/harness/chaos'
import { openSite, type Kind } from '../test/e2e/harness/site'

type Options = {
  readonly minutes: string
  readonly store: Kind
  readonly erp: Kind
  readonly daemons: string
  readonly seed: string
  readonly finality: 'bank' | 'people'
  readonly only: readonly string[]
  readonly keep?: string
}

/** An hour is the longest run: a mistyped number must not occupy a machine for a week. */
const MINUTES_MAX = 60

async function main(): Promise<void> {
  const options = new Command('chaos')
    .option('--minutes <n>', 'how long to break things, at most 60', '1')
    .option('--store <kind>', 'sqlite | postgres', 'sqlite')
    .option('--erp <kind>', 'sqlite | postgres', 'sqlite')
    .option('--daemons <n>', '1 to 5; more than one needs --store postgres', '1')
    .option('--seed <n>', 'the order of faults', String(Date.now() % 1_000_000))
    .option('--finality <who>', 'who ends what stays unknown: bank | people', 'bank')
    .option('--only <name...>', 'only faults whose name begins so', [])
    .option('--keep <folder>', 'copy the files of the site there before they are removed')
    .parse()
    .opts<Options>()
  const minutes = Math.min(Number(options.minutes), MINUTES_MAX)
  const daemons = Number(options.daemons)
  const kinds: readonly string[] = ['sqlite', 'postgres']
  const isValid = minutes > 0 && Number.isInteger(daemons) && daemons >= 1 && daemons <= 5
  if (!isValid || !kinds.includes(options.store) || !kinds.includes(options.erp)) throw new RangeError('see --help')
  if (daemons > 1 && options.store !== 'postgres') throw new RangeError('several daemons need --store postgres')
  const { store, erp, finality } = options
  say(`seed ${options.seed}: ${minutes} min, store ${store}, ERP ${erp}, ${daemons} daemon(s), ended by ${finality}`)
  const site = await openSite({ store, erp, daemons, finality })
  try {
    const report = await chaos(site, {
      seed: Number(options.seed),
      forMs: minutes * 60_000,
      convergeMs: 180_000,
      only: options.only,
      say,
    })
    say(JSON.stringify(report, null, 2))
    process.exitCode = report.violations.length === 0 && report.open.length === 0 ? 0 : 1
  } finally {
    if (options.keep !== undefined) cpSync(site.folder, options.keep, { recursive: true })
    await site.close()
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

void main()
