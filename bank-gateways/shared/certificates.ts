// When the certificates of a file end, whatever form it has. It asks nobody, and no private key is opened for it.

import { X509Certificate } from 'node:crypto'
import { certificatesOfPkcs12 } from './pkcs12'

export type CertificateTerm = { readonly subject: string; readonly endsAt: number }

/**
 * Every certificate in a file's bytes: PEM blocks, Base64 or DER of one, or, with its password, those of a PKCS#12. RSA and SM2
 * alike: only names and dates are read. @throws RangeError that quotes nothing of the file
 */
export function certificateTerms(bytes: Uint8Array, password: string | null): readonly CertificateTerm[] {
  const text = Buffer.from(bytes).toString('latin1')
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g)
  if (blocks) return blocks.map(termOf)
  if (password !== null) return certificatesOfPkcs12(derOf(bytes, text), password).map(termOf)
  return [termOf(derOf(bytes, text))]
}

/** DER begins with a SEQUENCE, 0x30, which Base64 of one never does: that begins with `M`. */
function derOf(bytes: Uint8Array, text: string): Buffer {
  return bytes[0] === 0x30 ? Buffer.from(bytes) : Buffer.from(text.trim(), 'base64')
}

function termOf(certificate: Buffer | string): CertificateTerm {
  try {
    const { subject, validTo } = new X509Certificate(certificate)
    return { subject: subject.replaceAll('\n', ', '), endsAt: Date.parse(validTo) }
  } catch (cause) {
    throw new RangeError('不是 X.509 证书 / not an X.509 certificate', { cause })
  }
}
