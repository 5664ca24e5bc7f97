// Regular expressions that cannot hang: every state is followed at once (Thompson), so that a match costs at most
// instructions × characters, whatever the pattern and the text. What needs backtracking is refused, never approximated.

/** Instructions of a pattern after its counted repeats are written out, and characters that are looked at. */
const PROGRAM_MAX = 1_000
const INPUT_MAX = 4_000

export type Pattern = { test(text: string): boolean }
export type PatternProblem = { readonly zh: string; readonly en: string }

type Assertion = 'start' | 'end' | 'boundary' | 'noBoundary'
type Node =
  | { readonly kind: 'char'; readonly test: (character: string) => boolean }
  | { readonly kind: 'assert'; readonly what: Assertion }
  | { readonly kind: 'sequence' | 'choice'; readonly parts: readonly Node[] }
  | { readonly kind: 'repeat'; readonly of: Node; readonly min: number; readonly max: number | null }
type Instruction =
  | { readonly kind: 'char'; readonly test: (character: string) => boolean }
  | { readonly kind: 'assert'; readonly what: Assertion }
  | { readonly kind: 'split'; readonly to: number[] }
  | { readonly kind: 'match' }

/** The syntax of JavaScript with the flag `u`, without back references and look-around. Says where it matches, never what. */
export function compilePattern(source: string): Pattern | PatternProblem {
  // V8 judges the syntax; what is left to read here is well formed.
  if (!isRegExp(source)) return { zh: '不是有效的正则表达式', en: 'not a regular expression' }
  const reader = { rest: [...source], at: 0 }
  const tree = readChoice(reader)
  if ('en' in tree) return tree
  if (sizeOf(tree) > PROGRAM_MAX) {
    return { zh: '重复次数展开后过长', en: 'its counted repeats are too long when written out' }
  }
  const program: Instruction[] = []
  emit(tree, program)
  program.push({ kind: 'match' })
  return { test: text => runs(program, [...text].slice(0, INPUT_MAX)) }
}

const compiled = new Map<string, Pattern>()

/** Of a pattern that the configuration has accepted; compiled once. */
export function patternOf(source: string): Pattern {
  const known = compiled.get(source)
  if (known) return known
  const pattern = compilePattern(source)
  if ('en' in pattern) throw new RangeError(`pattern ${JSON.stringify(source)}: ${pattern.en}`)
  // A site has tens of patterns; a program that made thousands must not keep them all.
  if (compiled.size >= PROGRAM_MAX) compiled.clear()
  compiled.set(source, pattern)
  return pattern
}

function isRegExp(source: string): boolean {
  try {
    return new RegExp(source, 'u') instanceof RegExp
  } catch {
    return false
  }
}

// ------------------------------------------------------------------------------------------------------------ reading

type Reader = { readonly rest: readonly string[]; at: number }

const REFUSED: PatternProblem = {
  zh: '不支持反向引用和环视（(?= (?! (?<= (?<! \\1 \\k），它们可能使匹配永不结束',
  en: 'back references and look-around are not taken: they may make a match run for ever',
}

function readChoice(reader: Reader): Node | PatternProblem {
  const choices: Node[] = []
  for (;;) {
    const sequence = readSequence(reader)
    if ('en' in sequence) return sequence
    choices.push(sequence)
    if (reader.rest[reader.at] !== '|') break
    reader.at += 1
  }
  return { kind: 'choice', parts: choices }
}

function readSequence(reader: Reader): Node | PatternProblem {
  const parts: Node[] = []
  while (reader.at < reader.rest.length && reader.rest[reader.at] !== '|' && reader.rest[reader.at] !== ')') {
    const atom = readAtom(reader)
    if ('en' in atom) return atom
    parts.push(readRepeat(reader, atom))
  }
  return { kind: 'sequence', parts }
}

function readRepeat(reader: Reader, atom: Node): Node {
  const found = /^(?:([*+?])|\{(\d+)(,?)(\d*)\})\??/.exec(reader.rest.slice(reader.at, reader.at + 40).join(''))
  if (!found) return atom
  reader.at += found[0].length
  const [, sign, from, comma, to] = found
  if (sign !== undefined) return { kind: 'repeat', of: atom, min: sign === '+' ? 1 : 0, max: sign === '?' ? 1 : null }
  const min = Number(from)
  const last = to === '' || to === undefined ? null : Number(to)
  return { kind: 'repeat', of: atom, min, max: comma === '' ? min : last }
}

function readAtom(reader: Reader): Node | PatternProblem {
  const character = reader.rest[reader.at] ?? ''
  if (character === '(') return readGroup(reader)
  if (character === '^' || character === '$') {
    reader.at += 1
    return { kind: 'assert', what: character === '^' ? 'start' : 'end' }
  }
  if (character === '[') return one(reader, classLength(reader))
  if (character === '\\') return readEscape(reader)
  if (character === '.') return one(reader, 1)
  reader.at += 1
  return { kind: 'char', test: each => each === character }
}

function readGroup(reader: Reader): Node | PatternProblem {
  const head = reader.rest.slice(reader.at, reader.at + 4).join('')
  if (/^\(\?(?:=|!|<=|<!)/.test(head)) return REFUSED
  if (head.startsWith('(?') && !/^\(\?[:<]/.test(head)) return REFUSED
  const named = head.startsWith('(?<') ? reader.rest.indexOf('>', reader.at) + 1 - reader.at : 0
  reader.at += head.startsWith('(?:') ? 3 : named || 1
  const inside = readChoice(reader)
  reader.at += 1
  return inside
}

function readEscape(reader: Reader): Node | PatternProblem {
  const next = reader.rest[reader.at + 1] ?? ''
  if (/[1-9k]/.test(next)) return REFUSED
  if (next === 'b' || next === 'B') {
    reader.at += 2
    return { kind: 'assert', what: next === 'b' ? 'boundary' : 'noBoundary' }
  }
  const text = reader.rest.slice(reader.at).join('')
  const long =
    /^\\(?:u\{[0-9A-Fa-f]+\}|u[dD][89abAB][0-9A-Fa-f]{2}\\u[dD][c-fC-F][0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|[pP]\{[^}]*\}|c[A-Za-z])/.exec(
      text,
    )
  return one(reader, long ? [...long[0]].length : 2)
}

/** Number of characters of a class; with the flag `u` a class holds no other. */
function classLength(reader: Reader): number {
  let length = 1
  while (reader.rest[reader.at + length] !== ']') length += reader.rest[reader.at + length] === '\\' ? 2 : 1
  return length + 1
}

/** What stands for one character is asked of V8 about one character: that takes no time that grows. */
function one(reader: Reader, length: number): Node {
  const source = reader.rest.slice(reader.at, reader.at + length).join('')
  reader.at += length
  const single = new RegExp(`^(?:${source})$`, 'u')
  return { kind: 'char', test: character => single.test(character) }
}

// --------------------------------------------------------------------------------------------------- program and match

function sizeOf(node: Node): number {
  switch (node.kind) {
    case 'char':
    case 'assert':
      return 1
    case 'sequence':
    case 'choice':
      return node.parts.reduce((total, part) => total + sizeOf(part) + 2, 0)
    case 'repeat':
      return Math.max(node.min + 1, node.max ?? 0) * (sizeOf(node.of) + 2)
  }
}

function emit(node: Node, program: Instruction[]): void {
  switch (node.kind) {
    case 'char':
    case 'assert':
      program.push(node)
      return
    case 'sequence':
      for (const part of node.parts) emit(part, program)
      return
    case 'choice':
      emitChoice(node.parts, program)
      return
    case 'repeat':
      emitRepeat(node, program)
  }
}

function emitChoice(parts: readonly Node[], program: Instruction[]): void {
  const fork: number[] = []
  program.push({ kind: 'split', to: fork })
  const ends: number[][] = []
  for (const part of parts) {
    fork.push(program.length)
    emit(part, program)
    const end: number[] = []
    ends.push(end)
    program.push({ kind: 'split', to: end })
  }
  for (const end of ends) end.push(program.length)
}

function emitRepeat(node: Extract<Node, { kind: 'repeat' }>, program: Instruction[]): void {
  for (let count = 0; count < node.min; count++) emit(node.of, program)
  if (node.max === null) {
    const loop = program.length
    const fork = [loop + 1]
    program.push({ kind: 'split', to: fork })
    emit(node.of, program)
    program.push({ kind: 'split', to: [loop] })
    fork.push(program.length)
    return
  }
  const forks: number[][] = []
  for (let count = node.min; count < node.max; count++) {
    const fork = [program.length + 1]
    forks.push(fork)
    program.push({ kind: 'split', to: fork })
    emit(node.of, program)
  }
  for (const fork of forks) fork.push(program.length)
}

/** Every state at once, one character after the other; a match may begin anywhere. */
function runs(program: readonly Instruction[], characters: readonly string[]): boolean {
  let states = new Set<number>()
  for (let at = 0; at <= characters.length; at++) {
    const reached = new Set<number>()
    for (const state of [...states, 0]) reach(program, characters, at, state, reached)
    if (reached.has(program.length - 1)) return true
    states = new Set()
    const character = characters[at]
    if (character === undefined) return false
    for (const state of reached) {
      const instruction = program[state]
      if (instruction?.kind === 'char' && instruction.test(character)) states.add(state + 1)
    }
  }
  return false
}

/** Adds a state and all that it leads to without a character. Each is added once, so that an empty loop ends. */
function reach(
  program: readonly Instruction[],
  characters: readonly string[],
  at: number,
  from: number,
  reached: Set<number>,
): void {
  const waiting = [from]
  for (let state = waiting.pop(); state !== undefined; state = waiting.pop()) {
    if (reached.has(state)) continue
    reached.add(state)
    const instruction = program[state]
    if (instruction?.kind === 'split') waiting.push(...instruction.to)
    if (instruction?.kind === 'assert' && holds(instruction.what, characters, at)) waiting.push(state + 1)
  }
}

function holds(what: Assertion, characters: readonly string[], at: number): boolean {
  if (what === 'start') return at === 0
  if (what === 'end') return at === characters.length
  const isWord = (character: string | undefined): boolean => character !== undefined && /^\w$/u.test(character)
  return (isWord(characters[at - 1]) !== isWord(characters[at])) === (what === 'boundary')
}
