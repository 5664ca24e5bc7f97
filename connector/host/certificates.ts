// Finds every certificate that the configuration names or holds, and reads when each ends. A file is read each time: who
// renewed it needs no restart to see so. Nothing of a file's content stands in a message.

import { readFile } from 'node:fs/promises'
import type { Config } from '../config'
import type { Certificate } from '../core/certificates'

export type CertificateReader = (
  bytes: Uint8Array,
  password: string | null,
) => readonly { readonly subject: string; readonly endsAt: number }[]

type Source = { readonly name: string; readonly bytes: () => Promise<Uint8Array>; readonly password: string | null }

export async function readCertificates(config: Config, read: CertificateReader): Promise<readonly Certificate[]> {
  const dated = config.certificates.watch.flatMap(({ name, endsOn }) =>
    // To the end of that day at the bank.
    endsOn === undefined ? [] : [{ name, subject: '', endsAt: Date.parse(`${endsOn}T23:59:59+08:00`), problem: '' }],
  )
  const found = await Promise.all(sourcesOf(config).map(source => certificatesAt(source, read)))
  return [...found.flat(), ...dated]
}

async function certificatesAt(
  { name, bytes, password }: Source,
  read: CertificateReader,
): Promise<readonly Certificate[]> {
  try {
    const terms = read(await bytes(), password)
    if (terms.length === 0) throw new RangeError('其中没有证书 / there is no certificate in it')
    const isOne = terms.length === 1
    return terms.map((term, index) => ({ ...term, name: isOne ? name : `${name}#${index + 1}`, problem: '' }))
  } catch (error) {
    return [{ name, subject: '', endsAt: null, problem: error instanceof Error ? error.message : String(error) }]
  }
}

function sourcesOf({ certificates, store, erps, banks }: Config): readonly Source[] {
  const watched = certificates.watch.flatMap(({ name, file, password }): readonly Source[] =>
    file === undefined ? [] : [{ name, bytes: () => readFile(file), password: password ?? null }],
  )
  return [...sourcesIn('', { store, erps, banks }), ...watched]
}

/** By what a value is, not by whose it is: a gateway that is added tomorrow is watched too. */
function sourcesIn(path: string, value: unknown): readonly Source[] {
  if (typeof value !== 'object' || value === null) return []
  const fields: readonly (readonly [string, unknown])[] = Object.entries(value)
  return fields.flatMap(([key, item]): readonly Source[] => {
    const name = path === '' ? key : `${path}.${key}`
    if (typeof item !== 'string') return sourcesIn(name, item)
    const password = passwordBeside(fields, key)
    if (/certificateFile$/i.test(key)) return [{ name, bytes: () => readFile(item), password }]
    const isCertificate = item.includes('-----BEGIN CERTIFICATE-----')
    return isCertificate || isKeyStore(item, password) ? [{ name, bytes: async () => Buffer.from(item), password }] : []
  })
}

/** `privateKey` has `privateKeyPassword` beside it. */
function passwordBeside(fields: readonly (readonly [string, unknown])[], key: string): string | null {
  const found = fields.find(([other]) => other === `${key}Password`)?.[1]
  return typeof found === 'string' ? found : null
}

/** Base64 of DER that is opened with a password; an encrypted PEM holds a key and no certificate. */
function isKeyStore(text: string, password: string | null): boolean {
  return password !== null && /^MI[A-Za-z0-9+/\s]{100,}={0,2}\s*$/.test(text)
}
