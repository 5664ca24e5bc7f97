// Wrong versions of the path of money, each one line of the compiled program replaced. The simulation must catch every
// one: what it lets pass, it does not test. `from` stands exactly once in the file, or the mutant is out of date.

import { LINES } from './line-mutants'

export type Edit = {
  /** In dist/, without its ending. */
  readonly file: string
  readonly from: string
  readonly to: string
}

export type Mutant = Edit & {
  readonly name: string
  /** What a hurried programmer would have believed. */
  readonly wrong: string
  /** A second line of defence that would make up for it, broken as well. */
  readonly also?: Edit
  /** Stores are restored and copied while it is hunted. */
  readonly isRestored?: true
}

const steps = (name: string): string => `connector/steps/${name}`
const core = (name: string): string => `connector/core/${name}`
const memory = (name: string): string => `connector/store/memory/${name}`

const SEND: readonly Mutant[] = [
  {
    name: 'thrown send is retried',
    file: steps('submit'),
    from: 'return payments.map(() => uncertain(error instanceof Error ? error.message : String(error)));',
    to: "return payments.map(() => ({ kind: 'unsent', code: 'X', reason: '' }));",
    wrong: 'an exception means that nothing was sent',
  },
  {
    name: 'thrown send has failed',
    file: steps('submit'),
    from: 'return payments.map(() => uncertain(error instanceof Error ? error.message : String(error)));',
    to: "return payments.map(() => ({ kind: 'refused', refusal: { code: 'X', text: '', bankSerial: '' } }));",
    wrong: 'an exception means that the payment failed',
  },
  {
    name: 'short answer is placed',
    file: steps('submit'),
    from: 'if (outcomes.length === payments.length)',
    to: 'if (outcomes.length > 0)',
    wrong: 'the answers that are there belong to the first instructions',
  },
  {
    name: 'lease is not looked at',
    file: steps('submit'),
    from: 'if (deps.clock.now() + deps.settings.callTimeoutMs > leaseUntil)',
    to: 'if (false)',
    wrong: 'what was claimed stays claimed',
  },
  {
    name: 'lost intent is sent all the same',
    file: steps('submit'),
    from: 'const mine = sending.filter((payment) => payment !== null);',
    to: "const mine = group.map((payment, i) => started[i] ?? { ...payment, state: 'sending' });",
    wrong: 'a change that another daemon won does not matter',
    // What leaves is read once more before the socket: alone, the first mistake is harmless.
    also: {
      file: steps('check-seals'),
      from: 'if (check.payment.seq === payment.seq)',
      to: 'if (check.payment)',
    },
  },
  {
    name: 'intent is kept over a moved payment',
    file: steps('move'),
    from: "if (item.verdict.cause === 'send.started')\n                continue;",
    to: '',
    wrong: 'a send that was decided on an older state may go on',
  },
  {
    name: 'no recheck before the send',
    file: steps('submit'),
    from: "if (answer === 'same')",
    to: "if (answer !== 'never')",
    wrong: 'a document stays as it was taken',
  },
  {
    name: 'a package goes again in parts',
    file: steps('submit'),
    from: "return all.filter(payment => !here.has(payment.id) && payment.state !== 'cancelled' && payment.state !== 'failed');",
    to: 'return all.slice(all.length);',
    wrong: 'part of a package may travel alone',
  },
  {
    name: 'packages are formed anew',
    file: steps('submit'),
    from: "const fresh = due.filter(payment => payment.instruction.batch.reference === '');",
    to: 'const fresh = due.filter(payment => !groups.flat().includes(payment));',
    wrong: 'a package that waits may be packed again with others',
  },
  {
    name: 'payers share a package',
    file: steps('submit'),
    from: 'groupBy)(fresh, payment => payment.instruction.payer.account)',
    to: "groupBy)(fresh, () => '')",
    wrong: 'one package may pay from several accounts',
  },
]

const PAUSES: Edit = {
  file: memory('payments'),
  from: 'if (isStart && tables.pauses.has(payment.bank))',
  to: 'if (false)',
}

const PAUSE: readonly Mutant[] = [
  {
    name: 'a paused bank is sent to',
    file: steps('pauses'),
    from: 'of: bank => known.get(bank) ?? null,',
    to: 'of: () => null,',
    wrong: 'a pause is for the screen',
    also: PAUSES,
  },
  {
    name: 'a pause is looked for once a round',
    file: steps('submit'),
    from: 'if (await pausedMeanwhile(deps, gateway, group))',
    to: 'if (false)',
    wrong: 'what was claimed before the pause may go',
    also: PAUSES,
  },
]

const JUDGE: readonly Mutant[] = [
  {
    name: 'uncertain is accepted',
    file: core('judge'),
    from: "return verdict('send.uncertain', outcome.code, outcome.reason, '');",
    to: "return verdict('send.accepted', outcome.code, outcome.reason, '');",
    wrong: 'no news is good news',
  },
  {
    name: '"not found" is believed at once',
    file: core('judge'),
    from: 'traits.absentFinalAfterMs !== null && askedAt - inDoubtSince >= traits.absentFinalAfterMs;',
    to: 'traits.absentFinalAfterMs !== null;',
    wrong: 'a bank that does not find it does not have it',
  },
  {
    name: '"not found" is believed of every bank',
    file: core('judge'),
    from: 'traits.absentFinalAfterMs !== null && askedAt - inDoubtSince >= traits.absentFinalAfterMs;',
    to: 'askedAt - inDoubtSince >= (traits.absentFinalAfterMs ?? 3_600_000);',
    wrong: 'after an hour every bank would know',
  },
  {
    name: 'absence is counted from the first send',
    file: steps('inquire'),
    from: 'Math.max(payment.sentAt ?? 0, payment.stateSince)',
    to: 'payment.sentAt ?? payment.stateSince',
    wrong: 'the wait began with the first try',
  },
  {
    name: 'unavailable is absent',
    file: core('judge'),
    from: "case 'unavailable':",
    to: "case 'unavailable': if (state === 'unknown') return verdict('inquiry.refused', outcome.code, '', '');",
    wrong: 'a bank that does not answer has nothing to say for it',
  },
  {
    name: 'the echoed amount is not compared',
    file: core('judge'),
    from: 'if (echo.amount !== null && !(0, money_1.sameMoney)(echo.amount, instruction.amount)) {',
    to: 'if (false) {',
    wrong: 'the bank means our payment',
  },
  {
    name: 'the echoed payee is not compared',
    file: core('judge'),
    from: 'if (echo.payeeAccount !== null && isForeignPayee(instruction, echo.payeeAccount)) {',
    to: 'if (false) {',
    wrong: 'the bank pays whom we named',
  },
  {
    name: 'the echoed reference is not compared',
    file: core('judge'),
    from: 'if (echo.reference !== null && echo.reference !== instruction.reference) {',
    to: 'if (false) {',
    wrong: 'answers come in order',
  },
  {
    name: 'a short inquiry answer is placed',
    file: steps('inquire'),
    from: 'if (outcomes.length === payments.length)',
    to: 'if (outcomes.length > 0)',
    wrong: 'the answers that are there belong to the first questions',
  },
  {
    name: 'a line of another amount settles',
    file: core('judge'),
    from: '!(0, money_1.sameMoney)(magnitude, instruction.amount) || isForeignPayee(instruction, line.counterAccount)',
    to: 'isForeignPayee(instruction, line.counterAccount)',
    wrong: 'a line with our reference is our debit',
  },
  {
    name: 'an early return is forbidden',
    file: core('judge'),
    from: "const isEarly = state === 'unknown' || state === 'accepted';",
    to: 'const isEarly = false;',
    wrong: 'a debit is always seen before its return',
  },
  {
    name: 'a return is a debit',
    file: core('judge'),
    from: 'const isDebit = line.amount.minor < 0n && !line.isReversal;',
    to: 'const isDebit = true;',
    wrong: 'lines with our reference are debits',
  },
]

const LIFE: readonly Mutant[] = [
  {
    name: 'an expired lease is ready again',
    file: steps('sweep'),
    from: "'send.uncertain', 'LEASE_EXPIRED'",
    to: "'send.unsent', 'LEASE_EXPIRED'",
    wrong: 'a daemon that died had not sent yet',
  },
  {
    name: 'an expired lease has failed',
    file: steps('sweep'),
    from: "'send.uncertain', 'LEASE_EXPIRED'",
    to: "'send.refused', 'LEASE_EXPIRED'",
    wrong: 'a daemon that died had not sent, and will not',
  },
  {
    name: 'nothing is swept',
    file: steps('sweep'),
    from: 'stale.map(',
    to: 'stale.slice(stale.length).map(',
    wrong: 'a daemon that stopped will come back and finish',
  },
  {
    name: 'unknown may be sent',
    file: steps('submit'),
    from: "{ states: ['ready'], bank }",
    to: "{ states: ['ready', 'unknown'], bank }",
    wrong: 'what is not known to be paid may be tried again',
  },
  {
    name: 'a refused cancellation is not told',
    file: steps('intake'),
    from: "if (current.state === 'cancelled')",
    to: 'if (current)',
    wrong: 'who withdraws too late will see it anyhow',
  },
  {
    name: 'one approval clears every hold',
    file: memory('payments'),
    from: 'clearances.length >= hold.approvalsNeeded ? at : null',
    to: 'at',
    wrong: 'a second approver is a formality',
  },
  {
    name: 'holds are not kept',
    file: steps('intake'),
    from: "const status = holds.length > 0 ? 'held' : 'ready';",
    to: "const status = 'ready';",
    wrong: 'an approval rule is advice',
  },
  {
    name: 'one person confirms',
    file: 'connector/cli/payment',
    from: 'if (people.length < 2) {',
    to: 'if (people.length < 1) {',
    wrong: 'one signature is enough',
  },
]

const INTAKE: readonly Mutant[] = [
  {
    name: 'a later revision is always taken',
    file: core('intake'),
    from: 'const blocking = blockingRevision(known);\n    if (blocking === null)',
    to: 'const blocking = blockingRevision(known);\n    if (true)',
    wrong: 'who asks again wants to pay again',
  },
  {
    name: 'only the newest revision blocks',
    file: core('intake'),
    from: 'return askings.find(asking => !',
    to: 'return askings.slice(-1).find(asking => !',
    wrong: 'what was refused since says what came before',
  },
  {
    name: 'failed includes unknown',
    file: core('lifecycle'),
    from: "return status === 'invalid' || status === 'failed'",
    to: "return status === 'invalid' || status === 'unknown' || status === 'failed'",
    wrong: 'a payment in doubt may be asked again',
  },
  {
    name: 'a changed row is a new asking',
    file: core('intake'),
    from: "return { kind: saysTheSame(request, same) ? 'repeat' : 'changed', revision: asked };",
    to: "return saysTheSame(request, same) ? { kind: 'repeat', revision: asked } : { kind: 'take', revision: known.revision + 1 };",
    wrong: 'an edited document is another document',
  },
  {
    name: 'two revisions at once are both taken',
    file: memory('payments'),
    from: 'if (newest !== entry.follows)',
    to: 'if (false)',
    wrong: 'two daemons never take one document at the same moment',
  },
  {
    name: 'the cursor goes ahead of what was taken',
    file: steps('intake'),
    from: 'const pays = pull.items.filter(',
    to: "await deps.store.meta.saveCursor(erp, pull.cursor ?? ''); const pays = pull.items.filter(",
    wrong: 'what was pulled will be stored',
  },
  {
    name: 'an amount goes through a number',
    file: core('money'),
    from: "const minor = BigInt((whole ?? '') + kept);",
    to: "const minor = BigInt(Math.round(Number((whole ?? '') + kept)));",
    wrong: 'a number holds any amount',
  },
]

const STORE: readonly Mutant[] = [
  {
    name: 'a claim ignores leases',
    file: memory('payments'),
    from: '(payment.leaseUntil === null || payment.leaseUntil <= now));',
    to: 'true);',
    wrong: 'no two daemons look at the same moment',
  },
  {
    name: 'a change ignores its seq',
    file: memory('payments'),
    from: 'if (row?.payment.seq !== change.seq)',
    to: 'if (!row)',
    wrong: 'the last writer is right',
  },
  {
    name: 'a change forgets its outbox',
    file: memory('payments'),
    from: '(0, outbox_1.addToOutbox)(tables, change.outbox, at);',
    to: '',
    wrong: 'the ERP will ask',
  },
  {
    name: 'a change forgets its history',
    file: memory('payments'),
    from: 'tables.history.put(payment.id, [\n        ...history,',
    to: 'tables.history.put(payment.id, [\n        ...history.slice(0, -1),',
    wrong: 'the newest row is enough',
  },
  {
    name: 'a delivered record is lost when it fails',
    file: memory('outbox'),
    from: "if (result.kind === 'deferred')\n        tables.outbox.put(key, { ...given, dueAt: result.dueAt });",
    to: "if (result.kind === 'deferred')\n        tables.outbox.put(key, { ...given, deliveredAt: at });",
    wrong: 'telling the ERP once is enough',
  },
  {
    name: 'a thrown push counts as told',
    file: steps('deliver'),
    from: "return items.map(() => ({ kind: 'deferred', reason }));\n    }\n}",
    to: "return items.map(() => ({ kind: 'done', erpNumber: '' }));\n    }\n}",
    wrong: 'an exception comes after the work',
  },
  {
    name: 'short results are placed',
    file: steps('deliver'),
    from: 'if (results.length === items.length)',
    to: 'if (results.length > 0)',
    wrong: 'the results that are there belong to the first records',
  },
]

const BOOKS: readonly Mutant[] = [
  {
    name: 'twins are one line',
    file: core('line-key'),
    from: '${content}:${count(content)}`',
    to: '${content}`',
    wrong: 'two equal lines are one line twice',
  },
  {
    name: 'every reading is new',
    file: core('line-key'),
    from: '${content}:${count(content)}`',
    to: '${content}:${count(content)}:${(globalThis.readings = (globalThis.readings ?? 0) + 1)}`',
    wrong: 'a line is known by where it stood',
    also: {
      file: steps('changed-lines'),
      from: 'return given.filter(draft => !kept.has(draft));',
      to: 'return given;',
    },
  },
  {
    name: 'only the first page is read',
    file: steps('import-statements'),
    from: 'after = answer.next;',
    to: 'after = null;',
    wrong: 'a statement fits a page',
  },
  {
    name: 'a line waits for nobody',
    file: steps('import-statements'),
    from: 'await deps.store.statements.link(stored.id, payment?.id ?? null, deps.clock.now());',
    to: 'await deps.store.statements.link(stored.id, null, deps.clock.now());',
    wrong: 'a line need not know its payment',
  },
  {
    name: 'a line is entered under a new key each time',
    file: steps('entry-key'),
    from: 'update(`${stored.account}|${stored.key}`)',
    to: 'update(`${stored.account}`)',
    wrong: 'one key an account will do',
  },
  {
    name: 'what the ERP booked is booked again',
    file: core('journal'),
    from: 'if (item.request?.isBooked === true && item.line.amount.minor < 0n)',
    to: 'if (false)',
    wrong: 'every debit wants an entry',
  },
  {
    name: 'an entry has one side twice',
    file: core('journal'),
    from: "side: isOut ? 'credit' : 'debit',",
    to: "side: isOut ? 'debit' : 'credit',",
    wrong: '(both lines on one side)',
  },
  {
    name: 'a missing receipt is given up',
    file: steps('fetch-receipts'),
    from: 'const isMissing = now - stored.importedAt > deps.settings.receiptGiveUpMs;',
    to: 'const isMissing = now - stored.importedAt > deps.settings.receiptGiveUpMs; if (isMissing) return await deps.store.statements.postponeReceipt(stored.id, now + 1e13, true, reason);',
    wrong: 'a receipt that is late will never come',
  },
]

const FENCE: readonly Mutant[] = [
  {
    name: 'a closed fence is not heeded',
    file: steps('fence'),
    from: 'state: () => state,',
    to: "state: () => ({ kind: 'open' }),",
    wrong: 'a warning is enough',
    isRestored: true,
  },
  {
    name: 'a copy is as good as its original',
    file: core('fence'),
    from: "if (store.boundDatabase !== '' && store.database !== '' && store.boundDatabase !== store.database) {",
    to: 'if (false) {',
    wrong: 'a database is what it holds, wherever it lies',
    isRestored: true,
  },
]

export const MUTANTS: readonly Mutant[] = [
  ...SEND,
  ...PAUSE,
  ...JUDGE,
  ...LIFE,
  ...INTAKE,
  ...STORE,
  ...BOOKS,
  ...LINES,
  ...FENCE,
]
