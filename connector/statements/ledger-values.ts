// Dates and amounts of a ledger file as people, ERPs and spreadsheets write them. What could be read in two ways is not read.

/** Currency words that may stand beside an amount; another currency's word makes it unreadable. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  CNY: ['¥', 'RMB', '元'],
  JPY: ['¥', '円'],
  USD: ['$', 'US$'],
  HKD: ['$', 'HK$'],
  EUR: ['€'],
  GBP: ['£'],
}

/** `(1,234.56)`, `￥1,234.56`, `1.234,56-` as `-1234.56` and the like; anything else as it is, for the exact reader to refuse. */
export function plainAmount(text: string, currency: string): string {
  const bare = withoutCurrency(text.normalize('NFKC').replaceAll(/[−–]/g, '-').trim(), currency)
  const [, bracketed] = /^\(([^-+()]+)\)$/.exec(bare) ?? []
  const [, before = '', number = '', after = ''] =
    /^([+-]?)([^+-]+)(-?)$/.exec(bracketed === undefined ? bare : `-${bracketed}`) ?? []
  const digits = plainDigits(withoutCurrency(number, currency))
  if (digits === null || (before !== '' && after !== '')) return text
  return `${before === '-' || after === '-' ? '-' : ''}${digits}`
}

function withoutCurrency(text: string, currency: string): string {
  const word = [currency, ...(WORDS[currency] ?? [])].find(each => text.startsWith(each) || text.endsWith(each))
  if (word === undefined) return text
  return (text.startsWith(word) ? text.slice(word.length) : text.slice(0, -word.length)).trim()
}

/** Grouped by commas or blanks, or with a decimal comma of one or two places; null where it is no number. */
function plainDigits(text: string): string | null {
  if (/^\d+(\.\d+)?$/.test(text)) return text
  if (/^\d{1,3}(,\d{3})+(\.\d+)?$/.test(text) || /^\d{1,3}( \d{3})+(\.\d+)?$/.test(text))
    return text.replaceAll(/[, ]/g, '')
  if (/^(\d+|\d{1,3}(\.\d{3})+|\d{1,3}( \d{3})+),\d{1,2}$/.test(text))
    return text.replaceAll(/[. ]/g, '').replace(',', '.')
  return null
}

/** Day numbers of spreadsheets that fall into the years 2000 to 2099. */
const SERIAL_FIRST = 36_526
const SERIAL_LAST = 73_050
/** Day 0 of a spreadsheet, which believes that there was a 29 February 1900. */
const SERIAL_ZERO = Date.UTC(1899, 11, 30)

const DAY_FORMS: readonly RegExp[] = [
  /^(?<year>\d{4})(?<month>\d{2})(?<day>\d{2})$/,
  /^(?<year>\d{4})([-/.])(?<month>\d{1,2})\2(?<day>\d{1,2})$/,
  /^(?<year>\d{4})年(?<month>\d{1,2})月(?<day>\d{1,2})日?$/,
  // With dots the day comes first wherever the year comes last; with slashes nobody can tell.
  /^(?<day>\d{1,2})\.(?<month>\d{1,2})\.(?<year>\d{4})$/,
]

/** `yyyy-MM-dd`, or null where it is no day or could be two. A time behind it is left out. */
export function dayIn(text: string): string | null {
  const plain = text.normalize('NFKC').trim()
  if (/^\d{5}(\.\d+)?$/.test(plain)) return serialDay(Number(plain))
  const date = plain.replace(/(?<=\d|日)[ T]+\d{1,2}:\d{2}.*$/, '')
  for (const form of DAY_FORMS) {
    const { year = '', month = '', day = '' } = form.exec(date)?.groups ?? {}
    if (year === '') continue
    const iso = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
    const time = Date.parse(`${iso}T00:00:00Z`)
    return Number.isFinite(time) && new Date(time).toISOString().startsWith(iso) ? iso : null
  }
  return null
}

function serialDay(serial: number): string | null {
  if (serial < SERIAL_FIRST || serial >= SERIAL_LAST) return null
  return new Date(SERIAL_ZERO + Math.floor(serial) * 86_400_000).toISOString().slice(0, 10)
}

/** Spreadsheets are told `="000123"` or `'000123` so that they keep a number's zeros. */
export function unguarded(cell: string): string {
  return /^="(.*)"$/.exec(cell)?.[1] ?? cell.replace(/^'(?=\d)/, '')
}
