import type { Driver } from '../storage/contract.js'
import { StorageError, type StorageErrorCode } from '../storage/storage-error.js'

/** The part of the driver that a call addresses. */
export type Target =
  | { readonly kind: 'driver' }
  | { readonly kind: 'space'; readonly name: string; readonly endGraceMs: number }
  | { readonly kind: 'objects'; readonly name: string }

interface Call {
  readonly call: number
  readonly target: Target
  readonly method: string
  readonly parameters: readonly unknown[]
}

/** An error in a form that can be sent: the structured clone keeps only its message, so a StorageError is sent as its parts. */
export type Failure = { readonly code: StorageErrorCode; readonly details: unknown } | { readonly message: string }

export type Answer = { readonly call: number } & ({ readonly value: unknown } | { readonly failure: Failure })

/**
 * Serves an open driver from a child process: sends its capabilities, then makes the calls that the parent's `remoteDriver`
 * sends, several at a time. Fork the child with `serialization: 'advanced'`, so that maps and bytes arrive unchanged.
 */
export function serveDriver(driver: Driver): void {
  process.on('message', async (call: Call) => process.send?.(await answerTo(driver, call)))
  process.send?.(driver.capabilities)
}

async function answerTo(driver: Driver, { call, target, method, parameters }: Call): Promise<Answer> {
  try {
    const part = partOf(driver, target)
    return { call, value: await Reflect.apply(Reflect.get(part, method), part, parameters) }
  } catch (error) {
    return { call, failure: failureOf(error) }
  }
}

function partOf(driver: Driver, target: Target): object {
  if (target.kind === 'space') return driver.space(target.name, { endGraceMs: target.endGraceMs })
  if (target.kind === 'objects' && driver.objects) return driver.objects(target.name)
  return driver
}

function failureOf(error: unknown): Failure {
  if (error instanceof StorageError) return { code: error.code, details: error.details }
  return { message: error instanceof Error ? (error.stack ?? error.message) : String(error) }
}
