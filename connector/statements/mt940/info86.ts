// Field 86, the information to the account owner: which national structure it has, and what that says. An unstructured
// one is kept as written.

import { cleaned } from '../text'
import { readCoded } from './coded86'
import { NO_INFO, type Info } from './info'
import { readLabelled } from './labelled86'
import { readSlashed } from './slashed86'

/** `rows` are the lines of all fields 86 that belong to one statement line. */
export function readInfo(rows: readonly string[]): Info {
  if (rows.length === 0) return NO_INFO
  return (
    readCoded(rows) ??
    readSlashed(rows) ??
    readLabelled(rows) ?? {
      ...NO_INFO,
      text: cleaned(
        rows
          .map(row => row.trim())
          .filter(row => row !== '')
          .join('\n'),
      ),
    }
  )
}
