// The treasury's people of a simulated site, who look at bank lines: they withdraw what the bank says no more, now and then
// the wrong line, and in the end have everything as the bank's letter says. They use the production steps of the command.

import { restoreLine, withdrawLine } from '../steps/withdraw-line'
import type { Store, StoredLine } from '../store/store'
import type { SimulatedDaemon } from './daemons'
import { linesAt, textOfLine, wholeRange } from './lines'
import type { Site } from './site'
import type { World } from './world'

const SAID = { person: '孙', reason: '银行更正' }
const HOW = { ...SAID, isEntryByHand: false, isReplaced: false }

/** One person looks at what the bank changed, or at the wrong line. */
export async function lookAtLines(world: World, { deps }: SimulatedDaemon, site: Site): Promise<void> {
  const { account } = world.random.pick(site.accounts)
  if (world.strikes('operator.withdraws')) {
    const lines = await deps.store.statements.list(account, wholeRange(world))
    if (lines.length > 0) await withdraw(world, deps, world.random.pick(lines))
    return
  }
  for (const { line, kind } of await deps.store.doubts.of(account))
    if (kind !== 'again' && isGone(site, line)) return await withdraw(world, deps, line)
}

/** In calm: by the bank's letter, line by line. */
export async function squareLines(world: World, { deps }: SimulatedDaemon, store: Store, site: Site): Promise<void> {
  for (const { account } of site.accounts) {
    const open = new Map<string, number>()
    // Of a line that the bank's books have and its front-end does not show yet, nobody has heard.
    const shown = linesAt(site, account).filter(line => line.visibleAt <= world.now)
    for (const line of shown) open.set(textOfLine(line), (open.get(textOfLine(line)) ?? 0) + 1)
    for (const line of await store.statements.list(account, wholeRange(world))) {
      const count = open.get(textOfLine(line)) ?? 0
      open.set(textOfLine(line), count - 1)
      if (count <= 0) await withdraw(world, deps, line)
    }
    for (const { line } of await store.withdrawals.list(account, wholeRange(world))) {
      const count = open.get(textOfLine(line)) ?? 0
      if (count <= 0) continue
      open.set(textOfLine(line), count - 1)
      world.note(SAID.person, () => `restores a line of ${line.line.amount.minor}`)
      await restoreLine(deps, line.id, SAID)
    }
  }
}

async function withdraw(world: World, deps: SimulatedDaemon['deps'], line: StoredLine): Promise<void> {
  world.note(SAID.person, () => `withdraws a line of ${line.line.amount.minor}`)
  await withdrawLine(deps, line.id, HOW)
}

function isGone(site: Site, stored: StoredLine): boolean {
  return !linesAt(site, stored.account).some(booked => textOfLine(booked) === textOfLine(stored))
}
