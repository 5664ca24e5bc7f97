// Tells GB18030 from a single-byte charset by its bytes: what is merely possible from what is evident.

export type HighBytes = {
  /** No byte sequence that GB18030 does not have. */
  readonly isGb: boolean
  /** Two-byte characters in all. */
  readonly pairs: number
  /** Of them, GB 2312 punctuation and the 3755 characters of its first level, which Chinese text is written in. */
  readonly common: number
  /** A byte between 0x80 and 0x9F: letters and quotes in Windows-1252, control characters in ISO 8859-1. */
  readonly hasC1: boolean
  /** A byte that Windows-1252 leaves undefined. */
  readonly hasUndefined: boolean
}

/** Of Chinese bank text, nearly all characters are of the first level; names bring some others. */
const COMMON_SHARE = 0.7

export function gbEvidence(high: HighBytes): 'impossible' | 'possible' | 'strong' {
  if (!high.isGb) return 'impossible'
  return high.pairs > 0 && high.common >= high.pairs * COMMON_SHARE ? 'strong' : 'possible'
}

/** Null: no single-byte charset that we may assume. */
export function singleByteKind(high: HighBytes): 'windows-1252' | 'iso-8859-1' | null {
  if (high.hasUndefined) return null
  return high.hasC1 ? 'windows-1252' : 'iso-8859-1'
}

export function startHighBytes(): { feed(chunk: Uint8Array): void; finish(): HighBytes } {
  const state = { isGb: true, pairs: 0, common: 0, hasC1: false, hasUndefined: false, lead: 0, four: 0 }
  return {
    feed(chunk) {
      for (let index = 0; index < chunk.length; index++) {
        const byte = chunk[index] ?? 0
        if (byte < 0x80 && state.lead === 0 && state.four === 0) continue
        if (byte >= 0x80 && byte < 0xa0) noteC1(state, byte)
        step(state, byte)
      }
    },
    finish: () => ({ ...state, isGb: state.isGb && state.lead === 0 && state.four === 0 }),
  }
}

type State = {
  isGb: boolean
  pairs: number
  common: number
  hasC1: boolean
  hasUndefined: boolean
  /** The first byte of a character under way, or 0. */
  lead: number
  /** How many bytes of a four-byte character were read, when it is one. */
  four: number
}

function noteC1(state: State, byte: number): void {
  state.hasC1 = true
  if (byte === 0x81 || byte === 0x8d || byte === 0x8f || byte === 0x90 || byte === 0x9d) state.hasUndefined = true
}

function step(state: State, byte: number): void {
  if (state.four > 0) {
    const isRight = state.four === 2 ? byte >= 0x81 && byte <= 0xfe : byte >= 0x30 && byte <= 0x39
    if (!isRight) state.isGb = false
    state.four = isRight && state.four === 2 ? 3 : 0
    return
  }
  if (state.lead === 0) {
    if (byte === 0x80 || byte === 0xff) state.isGb = false
    else state.lead = byte
    return
  }
  const lead = state.lead
  state.lead = 0
  if (byte >= 0x30 && byte <= 0x39) state.four = 2
  else if (byte < 0x40 || byte === 0x7f || byte === 0xff) state.isGb = false
  else {
    state.pairs++
    const isCommonLead = (lead >= 0xb0 && lead <= 0xd7) || (lead >= 0xa1 && lead <= 0xa3)
    if (isCommonLead && byte >= 0xa1) state.common++
  }
}
