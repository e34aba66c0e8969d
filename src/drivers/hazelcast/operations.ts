import type { EpochMs, LoadOptions, RecordUpdate, Touch } from '../../storage/contract.js'
import type { Output, Sendable } from './client.js'
import { freshStamp, packed } from './entry.js'

/*
 * What nodes send to members that have our jar, by the numbers in `members/koascopes/Operations.java`. Each is written as
 * its class there reads it.
 */

/** Must be the version of the jar: nodes use only members that have exactly this one. */
export const membersVersion = 1
/** The letters koa. */
const factoryId = 0x6b6f61
const firstId = 1_000 * membersVersion

const nothing = (): void => {}
const sendable = (classId: number, writeData: Sendable['writeData']): Sendable => ({
  factoryId,
  classId,
  readData: nothing,
  writeData,
})

/** Asks for the version of every member. Answers their addresses and versions in turn, 0 for none; it has this number in all versions. */
export const probe = (): Sendable => sendable(1, nothing)

/** Of a call that is sent again: the same operation must be, so that members recognize what it has written. */
function operation(number: number, now: EpochMs, write: (output: Output) => void): Sendable {
  const stamp = freshStamp()
  return sendable(firstId + number, (output) => {
    output.writeDouble(now)
    output.writeString(stamp)
    write(output)
  })
}

export const loadOperation = ({ now, seal, ifChangedSince, touch, prolong }: LoadOptions): Sendable =>
  operation(1, now, (output) => {
    output.writeString(seal ?? null)
    output.writeString(ifChangedSince ?? null)
    writeTouch(output, touch)
    output.writeBoolean(prolong !== undefined)
    if (!prolong) return
    output.writeDouble(prolong.fromMs)
    writeChange(output, prolong.toMs, (ms) => output.writeDouble(ms))
  })

export const updateOperation = (change: RecordUpdate, now: EpochMs): Sendable =>
  operation(2, now, (output) => {
    const { reseal } = change
    const { names, sizes, bytes } = packed(change.set ?? new Map())
    const writeText = (text: string) => output.writeString(text)
    const writeMs = (ms: number) => output.writeDouble(ms)
    output.writeString(change.version)
    output.writeString(change.lockToken ?? null)
    output.writeString(change.ifVersion ?? null)
    output.writeString(reseal?.from ?? null)
    output.writeString(reseal?.to ?? null)
    output.writeString(reseal?.replaced ?? null)
    writeTouch(output, change.touch)
    writeChange(output, change.life?.idleMs, writeMs)
    writeChange(output, change.life?.endsAt, writeMs)
    writeChange(output, change.principal, writeText)
    writeChange(output, change.description, writeText)
    output.writeString(change.ending ?? null)
    output.writeBoolean(change.dropIfEmpty === true)
    output.writeStringArray(change.clear ? [...change.clear.except] : null)
    output.writeStringArray(change.unset ? [...change.unset] : null)
    output.writeStringArray(names)
    output.writeIntArray(sizes)
    output.writeByteArray(bytes)
  })

interface Holder {
  readonly now: EpochMs
  readonly token: string
  /** The time until which it holds. */
  readonly until: EpochMs
}

const leaseOperation =
  (number: number) =>
  ({ now, token, until }: Holder): Sendable =>
    operation(number, now, (output) => {
      output.writeString(token)
      output.writeDouble(until)
    })

export const claimOperation = leaseOperation(3)
export const renewOperation = leaseOperation(4)
export const settleOperation = leaseOperation(5)
export const lockOperation = leaseOperation(6)
export const unlockOperation = leaseOperation(7)

/** An aggregator: the ids of those due longest among the entries, at most `limit`. */
export const firstDue = (limit: number): Sendable =>
  sendable(firstId + 8, (output) => {
    output.writeInt(limit)
    output.writeInt(0) // it begins with none
  })

function writeTouch(output: Output, touch: Touch | undefined): void {
  output.writeBoolean(touch !== undefined)
  if (!touch) return
  output.writeDouble(touch.touchedAt)
  output.writeDouble(touch.hits ?? 0)
}

/** undefined: no change. */
function writeChange<T>(output: Output, to: T | null | undefined, write: (to: T) => void): void {
  output.writeByte(to === undefined ? 0 : to === null ? 1 : 2)
  if (to !== undefined && to !== null) write(to)
}
