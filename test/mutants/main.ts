// `npm run mutants`: hunts every mutant and writes the table of docs/simulation.md. With words, those whose names hold one of
// them, without writing.

import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { huntAll, SEEDS, type Hunted } from './hunt'
import { MUTANTS } from './mutants'

const DOCUMENT = path.resolve(__dirname, '../../../docs/simulation.md')

async function main(): Promise<void> {
  const words = process.argv.slice(2)
  const mutants = MUTANTS.filter(({ name }) => words.length === 0 || words.some(word => name.includes(word)))
  const found = await huntAll(mutants, SEEDS, ({ mutant, verdict, error }) => {
    const fate = verdict ? `${verdict.invariant} by seed ${verdict.seeds}` : (error ?? 'ALIVE')
    process.stdout.write(`${fate}  ${mutant?.name}  ${verdict?.said ?? ''}\n`)
  })
  const alive = found.filter(({ verdict }) => verdict === null)
  process.stdout.write(`${found.length - alive.length} of ${found.length} caught\n`)
  if (alive.length > 0) process.exitCode = 1
  else if (words.length === 0) write(found)
}

function write(found: readonly Hunted[]): void {
  const rows = found.map(({ mutant, verdict }) => [
    mutant?.name ?? '',
    mutant?.wrong ?? '',
    verdict?.invariant ?? '',
    String(verdict?.seeds ?? ''),
    // Names and numbers of one history are of no use to a reader.
    (verdict?.said ?? '').replaceAll('|', '/').slice(0, 110),
  ])
  const head = ['Mutant', 'What is believed', 'Caught by', 'Seeds needed', 'What was said first']
  const table = [head, head.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n')
  const text = readFileSync(DOCUMENT, 'utf8')
  const part = /<!-- mutants -->[\s\S]*<!-- \/mutants -->/
  writeFileSync(
    DOCUMENT,
    text.replace(part, () => `<!-- mutants -->\n\n${table}\n\n<!-- /mutants -->`),
  )
}

void main()
