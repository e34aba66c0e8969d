import { expect, it } from 'vitest'
import { endedRecord } from '../../../src/scopes/ends/ended-record.js'

type Parts = Parameters<typeof endedRecord>

const reasonFor = (ending: string | null) =>
  endedRecord({} as Parts[0], { record: { ending, endsAt: null, expiresAt: 1 }, attempt: 1 } as unknown as Parts[1])
    .reason

it.each([
  ['invalidated', 'invalidated'],
  ['evicted', 'evicted'],
  ['ended', 'ended'],
  ['of a later version', 'ended'],
  ['constructor', 'ended'],
  ['__proto__', 'ended'],
  [null, 'timeout'],
])('the ending %s in the store is the reason %s', (ending, reason) => expect(reasonFor(ending)).toBe(reason))
