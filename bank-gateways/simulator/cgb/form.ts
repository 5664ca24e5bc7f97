// The form that the local client of the simulated CGB takes: one field, its bytes percent-encoded.

/** The bytes of a field; null when it is missing, stands twice, or is not percent-encoded. */
export function readForm(body: Buffer, name: string): Buffer | null {
  const values = body
    .toString('latin1')
    .split('&')
    .filter(pair => pair.startsWith(`${name}=`))
    .map(pair => pair.slice(name.length + 1))
  const [value] = values
  if (value === undefined || values.length !== 1 || /%(?![0-9A-Fa-f]{2})/.test(value)) return null
  const plain = value
    .replaceAll('+', ' ')
    .replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
  return Buffer.from(plain, 'latin1')
}
