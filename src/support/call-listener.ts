import { EventEmitter } from 'node:events'

/** Calls a listener of the program. One that throws, or that rejects later, must stop neither the others nor the process. */
export function callListener(listener: () => unknown, report: (error: unknown) => void): void {
  try {
    const result = listener()
    if (result instanceof Promise) result.catch(report)
  } catch (error) {
    report(error)
  }
}

/** An emitter whose listeners may be async: one that rejects is reported. One that throws makes `emit` throw, as in Node. */
export function reportingEmitter<Events extends Record<keyof Events, unknown[]>>(
  report: (error: unknown, event: string) => void,
): EventEmitter<Events> {
  const events = new EventEmitter<Events>({ captureRejections: true })
  return Object.assign(events, { [EventEmitter.captureRejectionSymbol]: report })
}
