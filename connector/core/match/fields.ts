// Which fields a pass compared, for whoever asks why two lines were put together.

const FIELDS: Readonly<Record<string, readonly string[]>> = {
  entry: ['entryKey', 'amount'],
  reversal: ['entryKey', 'amount'],
  reference: ['reference', 'amount'],
  document: ['documentNo', 'amount'],
  'day-amount-counterparty': ['date', 'amount', 'counterparty'],
  'day-amount': ['date', 'amount'],
  'sum-reference': ['reference', 'sum'],
  'sum-document': ['documentNo', 'sum'],
  'sum-day-counterparty': ['date', 'counterparty', 'sum'],
  manual: ['person'],
}

/** Of a tolerance the rule's own name: what it requires stands in the configuration and in the match's reason. */
export function fieldsOf(pass: string): readonly string[] {
  return FIELDS[pass] ?? (pass.startsWith('rule:') ? ['rule'] : [])
}
