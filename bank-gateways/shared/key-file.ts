// An SM2 private key from the text of a secret, whatever form the bank gave it in. Nothing of the text may stand in a message.

import type { Sm2PrivateKey } from './gm'
import { readPrivateKey } from './gm-keys'
import { openPkcs12, openPkcs8 } from './pkcs12'

/** A DER SEQUENCE with a length of two bytes: no key of 32 bytes begins so and is as long. */
const MIN_STORE_BYTES = 128

/**
 * Without a password as `readPrivateKey`; with one an `ENCRYPTED PRIVATE KEY` in PEM or Base64 of a PKCS#12.
 * @throws RangeError
 */
export function openPrivateKey(text: string, password: string | null): Sm2PrivateKey {
  const [, pem] = /-----BEGIN ENCRYPTED PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END/.exec(text) ?? []
  const plain = text.trim()
  const isBase64 = /^[A-Za-z0-9+/\s]+={0,2}$/.test(plain) && !/^[0-9a-fA-F]{64}$/.test(plain)
  const store = isBase64 ? Buffer.from(plain, 'base64') : Buffer.alloc(0)
  const isStore = store.length >= MIN_STORE_BYTES && store[0] === 0x30
  if (pem === undefined && !isStore) {
    if (password !== null)
      throw new RangeError('密钥未加密，却给了口令 / a password is given for a key that is not encrypted')
    return readPrivateKey(text)
  }
  if (password === null) throw new RangeError('密钥已加密，须给口令 / the key is encrypted and needs its password')
  return pem === undefined ? openPkcs12(store, password).privateKey : openPkcs8(Buffer.from(pem, 'base64'), password)
}
