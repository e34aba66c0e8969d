import { inspect } from 'node:util'
import type { Clock } from '../support/clock.js'
import type { OldSession, Taken, Taking } from './old-session.js'

type Waiting = Pick<OldSession, 'deadlineMs'>

/** Takes the record. Rejects at the deadline; then a record that comes later is put back. */
export function takenFrom(old: Pick<OldSession, 'take'> & Waiting, clock: Clock): Promise<Taking> {
  return inTime(takeFrom(old, clock.now()), old, clock, (taking) => {
    if (typeof taking === 'object') finish('putBack', taking).catch(() => {}) // the failure was reported at the deadline
  })
}

/** Ends the taking. Rejects at the deadline. */
export const finished = (step: 'remove' | 'putBack', taken: Taken, old: Waiting, clock: Clock): Promise<void> =>
  inTime(finish(step, taken), old, clock)

function inTime<T>(
  answer: Promise<T>,
  { deadlineMs }: Waiting,
  clock: Clock,
  late: (value: T) => void = () => {},
): Promise<T> {
  return new Promise((resolve, reject) => {
    let isLate = false
    const cancel = clock.schedule(() => {
      isLate = true
      reject(new Error(`it did not answer within ${deadlineMs} ms`))
    }, deadlineMs)
    const answered = (value: T) => {
      cancel()
      if (isLate) late(value)
      else resolve(value)
    }
    const failed = (error: unknown) => {
      cancel()
      reject(error)
    }
    answer.then(answered, failed)
  })
}

/** Async, as `finish`, so that what throws rejects. It may be of the application, and of any type. */
async function takeFrom(old: Pick<OldSession, 'take'>, now: number): Promise<Taking> {
  const taking: unknown = await old.take(now)
  if (taking === 'adopted' || taking === 'missing' || isTaken(taking)) return taking
  throw new TypeError(`take() resolved to ${inspect(taking)}, and not to { record }, 'adopted' or 'missing'`)
}

const isTaken = (taking: unknown): taking is Taken =>
  typeof taking === 'object' && taking !== null && 'record' in taking

async function finish(step: 'remove' | 'putBack', taken: Taken): Promise<void> {
  await taken[step]?.()
}
