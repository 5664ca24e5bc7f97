// Text in pieces -> lines, whatever ends them: CR LF, LF, CR, or `@@` as on the diskettes of old. Bounded: a line longer
// than any field is refused.

import { MAX_FIELD_CHARS, tooLong } from '../text'

export type Lines = { push(text: string): void; end(): void }

export function createLines(onLine: (line: string, number: number) => void): Lines {
  let rest = ''
  let count = 0
  let mark = ''
  const take = (line: string): void => {
    count++
    if (line.length > MAX_FIELD_CHARS) throw tooLong(count, null)
    onLine(line, count)
  }
  return {
    push(piece) {
      // No end of line in it: only kept, so that a long line in small pieces is not searched again and again.
      if (rest !== '' && mark.length === 1 && !piece.includes(mark)) {
        rest += piece
        if (rest.length > MAX_FIELD_CHARS) throw tooLong(count + 1, null)
        return
      }
      const text = rest === '' ? piece : rest + piece
      // A file has one kind of line end; a CR at the very end of a piece may be half of CR LF.
      if (mark === '') mark = markIn(text)
      let from = 0
      if (mark !== '') {
        for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, from)) {
          const end = mark === '\n' && text.charCodeAt(at - 1) === 13 && at > from ? at - 1 : at
          take(text.slice(from, end))
          from = at + mark.length
        }
      }
      rest = text.slice(from)
      if (rest.length > MAX_FIELD_CHARS) throw tooLong(count + 1, null)
    },
    end() {
      if (rest !== '') take(rest.endsWith('\r') ? rest.slice(0, -1) : rest)
      rest = ''
    },
  }
}

function markIn(text: string): string {
  if (text.includes('\n')) return '\n'
  if (/\r[^\n]/.test(text)) return '\r'
  return text.startsWith('@@') || /@@:\d\d[A-Z]?:/.test(text) ? '@@' : ''
}
