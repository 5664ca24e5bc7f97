// OpenPGP around a file: what leaves is signed and encrypted, what comes must be encrypted to us and signed by the bank. The
// library is loaded only where a site configures it (optional, LGPL).

import { createRequire } from 'node:module'
import type { Iso20022Config } from './config'

export type Envelope = {
  /** Signs and encrypts. */
  seal(bytes: Buffer): Promise<Buffer>
  /** @throws NotSigned when the bank's signature is missing or wrong; Error when it cannot be decrypted. */
  open(bytes: Buffer): Promise<Buffer>
  /** Reads both keys, as seal and open will. Throws what is wrong with them. */
  check(): Promise<{ readonly expiresAt: number | null }>
}

/** The file is not what the bank signed: it is no answer. */
export class NotSigned extends Error {
  override readonly name = 'NotSigned'
}

/** Lazily: only a site that configures it needs it. */
const load = createRequire(__filename)

export function isOpenpgpThere(): boolean {
  try {
    load.resolve('openpgp')
    return true
  } catch {
    return false
  }
}

/** A signature from the future is none; a bank's clock may be ahead of ours by this much, and is not by more. */
const CLOCKS_APART_MS = 3_600_000

/** A file as it is. */
export const plainEnvelope: Envelope = {
  seal: bytes => Promise.resolve(bytes),
  open: bytes => Promise.resolve(bytes),
  check: () => Promise.resolve({ expiresAt: null }),
}

type Pgp = NonNullable<Iso20022Config['pgp']>

export function pgpEnvelope(config: Pgp): Envelope {
  let keys: ReturnType<typeof readKeys> | null = null
  const ready = (): ReturnType<typeof readKeys> => (keys ??= readKeys(config))
  return {
    async seal(bytes) {
      const { pgp, own, bank } = await ready()
      const message = await pgp.createMessage({ binary: new Uint8Array(bytes) })
      const options = { message, encryptionKeys: bank, signingKeys: own }
      return config.armored
        ? Buffer.from(await pgp.encrypt({ ...options, format: 'armored' }), 'latin1')
        : Buffer.from(await pgp.encrypt({ ...options, format: 'binary' }))
    },
    async open(bytes) {
      const { pgp, own, bank } = await ready()
      const isArmored = bytes.subarray(0, 64).includes('-----BEGIN PGP')
      const message = isArmored
        ? await pgp.readMessage({ armoredMessage: bytes.toString('latin1') })
        : await pgp.readMessage({ binaryMessage: new Uint8Array(bytes) })
      // Only a file encrypted to us is opened: a bare signed one is not what was agreed, and anybody could have read it.
      const { data, signatures } = await pgp.decrypt({
        message,
        decryptionKeys: own,
        verificationKeys: bank,
        format: 'binary',
        date: new Date(Date.now() + CLOCKS_APART_MS),
      })
      await requireSignature(signatures.map(({ verified }) => verified))
      return Buffer.from(data)
    },
    async check() {
      const { own, bank } = await ready()
      const ends = await Promise.all([own.getExpirationTime(), bank.getExpirationTime()])
      const dates = ends.filter(end => end instanceof Date).map(end => end.getTime())
      return { expiresAt: dates.length === 0 ? null : Math.min(...dates) }
    },
  }
}

/** One good signature of the bank's is enough; a file may carry others that we cannot judge. */
async function requireSignature(verified: readonly Promise<true>[]): Promise<void> {
  const results = await Promise.allSettled(verified)
  if (results.some(result => result.status === 'fulfilled')) return
  throw new NotSigned(results.length === 0 ? 'not signed' : 'no signature by the bank’s key')
}

async function readKeys({ privateKey, privateKeyPassword, bankPublicKey }: Pgp) {
  const pgp: typeof import('openpgp') = load('openpgp')
  const locked = await pgp.readPrivateKey({ armoredKey: privateKey })
  const own =
    privateKeyPassword === undefined
      ? locked
      : await pgp.decryptKey({ privateKey: locked, passphrase: privateKeyPassword })
  const bank = await pgp.readKey({ armoredKey: bankPublicKey })
  if (bank.isPrivate()) throw new Error('bankPublicKey is a private key 给的是私钥')
  return { pgp, own, bank }
}
