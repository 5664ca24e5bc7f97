// A bank call that must end. Time comes from the clock that the step was given, so that a simulation can let it pass; the
// sleep is given up as soon as the call ends, whichever way.

import type { Clock } from '../ports'

/** Runs `call` with a signal that aborts after `ms`. What an aborted call resolves or rejects with is the callee's. */
export async function withDeadline<T>(clock: Clock, ms: number, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const late = new AbortController()
  const ended = new AbortController()
  void clock.sleep(ms, ended.signal).then(() => {
    if (!ended.signal.aborted) late.abort(new DOMException(`no answer within ${ms} ms`, 'TimeoutError'))
  })
  try {
    return await call(late.signal)
  } finally {
    // A reason of our own: the default one is an exception with a stack, made at every call for nobody to read.
    ended.abort('the call has ended')
  }
}
