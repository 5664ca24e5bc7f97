// When two typed names are one person. It errs towards one: whoever must be two people has to be told apart beyond doubt.

/** Invisible characters, and the marks that text editors add, are no part of a name. */
const INVISIBLE = /[\p{Cc}\p{Cf}]/gu

/** The name as it is kept: what was typed without invisible characters and without blanks around it. */
export function cleanName(name: string): string {
  return name.replace(INVISIBLE, '').replace(/\s+/gu, ' ').trim()
}

/** Equal for "Li", " li " and "Ｌｉ": full width, case and blanks do not make a second person. */
export function personKey(name: string): string {
  return cleanName(name.normalize('NFKC')).toLowerCase().normalize('NFKC').replace(/\s/gu, '')
}

/** One name for each person, the first as it was typed. */
export function differentPeople(names: readonly string[]): readonly string[] {
  const byKey = new Map<string, string>()
  for (const name of names) {
    const key = personKey(name)
    if (key !== '' && !byKey.has(key)) byKey.set(key, name)
  }
  return [...byKey.values()]
}
