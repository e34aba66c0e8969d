import { isAcknowledged, type Operation } from './operation.js'

/** A change of an attribute. */
export interface Written extends Pick<Operation, 'start' | 'end' | 'status'> {
  readonly wrote: { readonly counter: string; readonly value: string }
}

/** What an attribute was found to hold between two moments. */
export interface Finding extends Pick<Operation, 'start' | 'end'> {
  readonly value: string
}

/**
 * The acknowledged write that is missing, of all that were made to one attribute, in the order of their beginning. What
 * is found must be a write that was not over before another one began that had been acknowledged by then.
 */
export function lostWrite<W extends Written>(all: readonly W[], { start, end, value }: Finding): W | undefined {
  const writes = all.filter((write) => write.start < end)
  const last = writes.findLast((write) => isAcknowledged(write) && write.end <= start)
  if (!last) return undefined
  return writes.some((write) => write.end > last.start && write.wrote.value === value) ? undefined : last
}
