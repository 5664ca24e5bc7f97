// Settings that every simulated bank has: how long a payment takes, when the day ends, what it answers after that.

import { z } from 'zod'
import { STATES, type Step } from './records'

const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'HH:mm')

const stopSchema = z.strictObject({
  state: z.enum(STATES),
  afterMs: z.number().int().min(0).default(0),
  nextDay: z.boolean().default(false),
})

/** Nothing follows a refusal, only a return follows success, and nothing is returned that was not paid. */
function isWay(states: readonly Step['state'][]): boolean {
  const [first] = states
  if (first === undefined || first === 'failed' || first === 'rejected' || first === 'returned') return false
  return states.every((state, index) => {
    const next = states[index + 1]
    if (state === 'failed' || state === 'rejected' || state === 'returned') return next === undefined
    return state === 'success' ? next === undefined || next === 'returned' : next !== 'returned'
  })
}

const pathSchema = z
  .array(stopSchema)
  .refine(stops => isWay(stops.map(stop => stop.state)), 'no way a payment can go')
  .transform(stops =>
    stops.map((stop): Step => ({ ...stop, notBeforeMs: null, books: false, reason: reasonOf(stop.state) })),
  )

function reasonOf(state: Step['state']): Step['reason'] {
  if (state === 'failed') return 'declined'
  return state === 'rejected' ? 'approval-rejected' : null
}

export const processingSchema = z.strictObject({
  ownBank: pathSchema
    .prefault([{ state: 'accepted' }, { state: 'success', afterMs: 1000 }])
    .describe('States and delays of a payment inside the bank. 行内付款经过的状态与延时。'),
  otherBank: pathSchema
    .prefault([{ state: 'accepted' }, { state: 'processing', afterMs: 1000 }, { state: 'success', afterMs: 1000 }])
    .describe('The same for a payment to another bank. 跨行付款经过的状态与延时。'),
  cutOff: time
    .nullable()
    .default(null)
    .describe('HH:mm after which payments wait or are refused; null = never. 截止时间,null 为无。'),
  afterCutOff: z
    .enum(['next-day', 'refuse'])
    .default('next-day')
    .describe('What happens after the cut-off. 截止后:次日处理或拒绝。'),
  opensAt: time.default('08:30').describe('When work of the next bank day starts. 下一银行日开始处理的时间。'),
  returnAfterMs: z
    .number()
    .int()
    .min(0)
    .nullable()
    .default(null)
    .describe(
      'When a payment to an unknown account of another simulated bank comes back: after this long, or null = next bank day. 付往另一模拟银行不存在账号的退票时间,null 为下一银行日。',
    ),
})
export type Processing = z.output<typeof processingSchema>
