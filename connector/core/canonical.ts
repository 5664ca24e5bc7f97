// One value, one text, and never two values with the same text: what a MAC is taken over. It must stay as it is for
// every version that was ever sealed; a change of the rules is a new version in the caller's prefix.

export type Canonical =
  string | number | bigint | boolean | null | readonly Canonical[] | { readonly [key: string]: Canonical | undefined }

/**
 * Every part is `<kind><length>:<content>`, so that no content can be read as a border. Text is written as JSON, which
 * keeps lone surrogates apart; lengths count UTF-16 units of what is written. An object's fields are sorted by their
 * names, and a field that is absent or undefined is left out, as it is in the JSON of the store.
 * @throws RangeError for a number that is not a whole one: no money and no instant is.
 */
export function canonical(value: Canonical): string {
  if (value === null) return 'n0:'
  if (typeof value === 'string') return part('s', JSON.stringify(value))
  if (typeof value === 'bigint') return part('g', value.toString())
  if (typeof value === 'boolean') return part('b', value ? 't' : 'f')
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new RangeError(`not a whole number: ${value}`)
    return part('i', value.toString())
  }
  if (isList(value)) return part('a', value.map(canonical).join(''))
  const fields = Object.entries(value).filter(([, field]) => field !== undefined)
  const sorted = fields.toSorted(([a], [b]) => (a < b ? -1 : 1))
  return part('o', sorted.map(([name, field]) => canonical(name) + canonical(field ?? null)).join(''))
}

function part(kind: string, content: string): string {
  return `${kind}${content.length}:${content}`
}

function isList(value: Canonical): value is readonly Canonical[] {
  return Array.isArray(value)
}
