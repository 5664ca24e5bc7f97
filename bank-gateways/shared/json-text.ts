// JSON without loss: numbers stay the text they were sent as, for money must not pass through floating point and a signature
// must not depend on how a number is printed again. Strict: what is not JSON, or names a key twice, is refused.

export type Json = string | boolean | null | JsonNumber | readonly Json[] | JsonObject
export type JsonNumber = { readonly kind: 'number'; readonly text: string }
export type JsonObject = { readonly kind: 'object'; readonly entries: ReadonlyMap<string, Json> }

/** Bank messages are five levels deep. */
const MAX_DEPTH = 32

const TOKEN =
  /\s*(?:([{}[\],:])|("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)|(true|false|null))/y // eslint-disable-line no-control-regex

/** @throws RangeError */
export function parseJson(text: string): Json {
  const reader = new Reader(text)
  const value = reader.value(0)
  reader.end()
  return value
}

/** Compact text; with `sorted` the keys ascend at every depth, as a signature may need them, else they stay as they came. */
export function jsonText(value: Json, order: 'sorted' | 'received'): string {
  if (Array.isArray(value)) return `[${value.map((item: Json) => jsonText(item, order)).join(',')}]`
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return JSON.stringify(value)
  if (!('kind' in value)) return 'null'
  if (value.kind === 'number') return value.text
  const entries = [...value.entries]
  // By UTF-16 code unit, which for the bank's ASCII names is by byte.
  if (order === 'sorted') entries.sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${jsonText(item, order)}`).join(',')}}`
}

/** An object from plain entries. */
export function object(fields: Readonly<Record<string, Json>>): JsonObject {
  return { kind: 'object', entries: new Map(Object.entries(fields)) }
}

/** The value under a key, whatever its case (some banks spell a key two ways); undefined when it is not there. */
export function get(value: Json | undefined, name: string): Json | undefined {
  if (!isObject(value)) return undefined
  const exact = value.entries.get(name)
  if (exact !== undefined) return exact
  return [...value.entries].find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1]
}

/** Trimmed text of a string or number under a key; `''` when there is none. */
export function textAt(value: Json | undefined, ...path: readonly string[]): string {
  let current = value
  for (const name of path) current = get(current, name)
  if (typeof current === 'string') return current.trim()
  return isNumber(current) ? current.text : ''
}

/** A block's rows; null when the block is not there. One client shows single records as an object instead of an array. */
export function rowsAt(value: Json | undefined, name: string): readonly Json[] | null {
  const found = get(value, name)
  if (found === undefined || found === null) return null
  return Array.isArray(found) ? found : [found]
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'object'
}

function isNumber(value: Json | undefined): value is JsonNumber {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'number'
}

class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  value(depth: number): Json {
    if (depth > MAX_DEPTH) throw new RangeError('JSON: nested too deep')
    const token = this.#next()
    if (token === '{') return this.#object(depth)
    if (token === '[') return this.#array(depth)
    if (token.startsWith('"')) return unquoted(token)
    if (token === 'true' || token === 'false') return token === 'true'
    if (token === 'null') return null
    if (/^[-\d]/.test(token)) return { kind: 'number', text: token }
    throw this.#problem()
  }

  end(): void {
    if (this.#text.slice(this.#at).trim() !== '') throw this.#problem()
  }

  #object(depth: number): JsonObject {
    const entries = new Map<string, Json>()
    for (let token = this.#next(); token !== '}'; token = this.#next()) {
      if (entries.size > 0) {
        if (token !== ',') throw this.#problem()
        token = this.#next()
      }
      if (!token.startsWith('"') || this.#next() !== ':') throw this.#problem()
      const key = unquoted(token)
      if (entries.has(key)) throw new RangeError('JSON: a key occurs twice')
      entries.set(key, this.value(depth + 1))
    }
    return { kind: 'object', entries }
  }

  #array(depth: number): readonly Json[] {
    const items: Json[] = []
    if (this.#peek() === ']') {
      this.#next()
      return items
    }
    for (;;) {
      items.push(this.value(depth + 1))
      const token = this.#next()
      if (token === ']') return items
      if (token !== ',') throw this.#problem()
    }
  }

  #peek(): string {
    const at = this.#at
    const token = this.#next()
    this.#at = at
    return token
  }

  #next(): string {
    TOKEN.lastIndex = this.#at
    const found = TOKEN.exec(this.#text)
    if (!found) throw this.#problem()
    this.#at = TOKEN.lastIndex
    return found[1] ?? found[2] ?? found[3] ?? found[4] ?? ''
  }

  #problem(): RangeError {
    return new RangeError(`JSON: unexpected at character ${this.#at}`)
  }
}

function unquoted(token: string): string {
  const value: unknown = JSON.parse(token)
  return typeof value === 'string' ? value : ''
}
