// Our references at the banks: digits only, so that every bank takes them, time-ordered, and never given twice.

/**
 * `prefix` + yyMMdd + three digits of the store's incarnation + six digits of a durable sequence: fifteen digits, within
 * the shortest limit of the fourteen banks but for BOC's advice of twelve (its field takes 32). The incarnation keeps a
 * store that was made anew from meeting its predecessor's references at the bank.
 * @throws RangeError when it cannot fit, rather than cut a reference.
 */
export function makeReference(
  parts: { readonly prefix: string; readonly day: string; readonly incarnation: string; readonly sequence: bigint },
  limit: { readonly maxBytes: number; readonly alphabet: 'digits' | 'alphanumeric' },
): string {
  const digits =
    parts.day.replaceAll('-', '').slice(2) +
    parts.incarnation +
    (parts.sequence % 1_000_000n).toString().padStart(6, '0')
  const reference = parts.prefix + digits
  const allowed = limit.alphabet === 'digits' ? /^\d+$/ : /^[0-9A-Za-z]+$/
  if (!allowed.test(reference)) throw new RangeError(`reference ${reference} is not ${limit.alphabet}`)
  if (reference.length > limit.maxBytes)
    throw new RangeError(`reference ${reference} is longer than ${limit.maxBytes} bytes`)
  return reference
}
