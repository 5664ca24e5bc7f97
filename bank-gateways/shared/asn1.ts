// The little of ASN.1 DER that keys, certificates and key stores need: reads strictly, writes two INTEGERs. It must never
// read beyond its bytes, and refuses what is longer, shorter or nested deeper than DER says.

export type DerNode = {
  readonly tag: number
  readonly content: Buffer
  /** Of a constructed node; empty otherwise. */
  readonly children: readonly DerNode[]
}

export const TAG = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
  context0: 0xa0,
} as const

/** Certificates and key stores nest some ten levels deep; deeper is an attack or a mistake. */
const MAX_DEPTH = 24

/** One node that fills the bytes. @throws RangeError */
export function readDer(bytes: Uint8Array): DerNode {
  const [node, ...more] = readNodes(Buffer.from(bytes), 0)
  if (!node || more.length > 0) throw new RangeError('DER: not exactly one value')
  return node
}

/** The child at a path of positions. @throws RangeError when it is not there, or not of the tag */
export function derAt(node: DerNode, path: readonly number[], tag: number): DerNode {
  let current: DerNode | undefined = node
  for (const index of path) current = current?.children[index]
  if (current?.tag !== tag) throw new RangeError(`DER: no value of tag ${tag} at ${path.join('.')}`)
  return current
}

/** Dotted text of an OBJECT IDENTIFIER's content. */
export function oidOf(node: DerNode): string {
  if (node.tag !== TAG.oid || node.content.length === 0) throw new RangeError('DER: not an object identifier')
  const arcs: number[] = []
  let value = 0
  for (const byte of node.content) {
    value = value * 128 + (byte & 0x7f)
    if (byte < 0x80) {
      arcs.push(value)
      value = 0
    }
  }
  const [first = 0, ...rest] = arcs
  const top = Math.min(Math.floor(first / 40), 2)
  return [top, first - top * 40, ...rest].join('.')
}

/** A small INTEGER, such as a version or an iteration count. */
export function smallInteger(node: DerNode): number {
  const { tag, content } = node
  if (tag !== TAG.integer || content.length === 0 || content.length > 4 || (content[0] ?? 0) > 0x7f)
    throw new RangeError('DER: not a small integer')
  return content.readUIntBE(0, content.length)
}

/** SEQUENCE { INTEGER, INTEGER } of two unsigned big-endian numbers. */
export function twoIntegers(first: Uint8Array, second: Uint8Array): Buffer {
  const body = Buffer.concat([integer(first), integer(second)])
  return Buffer.concat([Buffer.of(TAG.sequence, body.length), body])
}

/** Minimal two's complement; up to 32 bytes, so that every length takes one byte. */
function integer(value: Uint8Array): Buffer {
  if (value.length === 0 || value.length > 32) throw new RangeError('DER: an integer of 1 to 32 bytes')
  const start = value.findIndex(byte => byte !== 0)
  const digits = Buffer.from(start < 0 ? Buffer.of(0) : value.subarray(start))
  const content = (digits[0] ?? 0) > 0x7f ? Buffer.concat([Buffer.of(0), digits]) : digits
  return Buffer.concat([Buffer.of(TAG.integer, content.length), content])
}

function readNodes(bytes: Buffer, depth: number): readonly DerNode[] {
  if (depth > MAX_DEPTH) throw new RangeError('DER: nested too deep')
  const nodes: DerNode[] = []
  for (let at = 0; at < bytes.length;) {
    const tag = bytes[at] ?? 0
    if ((tag & 0x1f) === 0x1f) throw new RangeError('DER: a tag of more than one byte')
    const { length, start } = lengthAt(bytes, at + 1)
    const content = bytes.subarray(start, start + length)
    if (content.length !== length) throw new RangeError('DER: cut short')
    nodes.push({ tag, content, children: tag & 0x20 ? readNodes(content, depth + 1) : [] })
    at = start + length
  }
  return nodes
}

function lengthAt(bytes: Buffer, at: number): { readonly length: number; readonly start: number } {
  const first = bytes[at]
  if (first === undefined) throw new RangeError('DER: cut short')
  if (first < 0x80) return { length: first, start: at + 1 }
  const count = first & 0x7f
  if (count === 0 || count > 4 || at + 1 + count > bytes.length) throw new RangeError('DER: a length that cannot be')
  return { length: bytes.readUIntBE(at + 1, count), start: at + 1 + count }
}
