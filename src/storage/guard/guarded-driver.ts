import { isScopesError } from '../../errors/scopes-error.js'
import type { CallOptions, Capabilities, Driver, DriverHealth, ObjectSpace, SpaceOptions } from '../contract.js'
import { StorageError } from '../storage-error.js'
import { isOutage } from './availability.js'
import { Guard, type GuardOptions } from './guard.js'
import { guardedObjects, objectCalls } from './guarded-objects.js'
import { type GuardedSpace, guardedSpace } from './guarded-space.js'
import { checkSpaceName } from './lengths.js'

/**
 * A driver behind the guard. Deadlines, the wrapping of errors, the checks of lengths and the repeating of unanswered saves
 * live here and in no driver. Until it is open, every call rejects with the error of the last attempt to open it.
 */
export class GuardedDriver implements Driver {
  readonly capabilities: Capabilities
  readonly objects?: (name: string) => ObjectSpace
  readonly #driver: Driver
  readonly #guard: Guard
  #isOpen = false
  #openFailure: unknown

  constructor(driver: Driver, options: GuardOptions) {
    this.#driver = driver
    this.#guard = new Guard(options)
    this.capabilities = driver.capabilities
    const objects = driver.objects?.bind(driver)
    if (objects)
      this.objects = (name) =>
        guardedObjects(
          this.#onceOpen(() => objects(name)),
          this.#guard.of(name, objectCalls),
        )
  }

  /** Opens the driver and prepares the spaces of these names. Without a deadline, because a store may have to recover first. */
  async open(spaces: readonly string[] = []): Promise<void> {
    try {
      await this.#guard.wrapped('open', () => this.#openAndPrepare(spaces))
      this.#isOpen = true
    } catch (error) {
      this.#openFailure = error
      throw error
    }
  }

  /** Prepares spaces of a driver that was opened without them. */
  prepare(names: readonly string[]): Promise<void> {
    const driver = this.#onceOpen(() => this.#driver)
    return this.#guard.run('prepare', async () => driver().prepare?.(names))
  }

  space(name: string, options: SpaceOptions): GuardedSpace {
    checkSpaceName(name)
    const opened = this.#onceOpen(() => this.#driver.space(name, options))
    return guardedSpace(opened, this.capabilities, this.#guard.of(name))
  }

  health(options: CallOptions): Promise<DriverHealth> {
    const driver = this.#onceOpen(() => this.#driver)
    return this.#guard.run('health', (deadline) => driver().health({ ...options, deadline }))
  }

  /** Closes the driver. Without a deadline, because acknowledged changes must become safe. Calls that come later are rejected. */
  async close(): Promise<void> {
    if (!this.#isOpen) return
    this.#isOpen = false
    const { cache } = this.#guard.options
    this.#openFailure = new StorageError('STORAGE_UNAVAILABLE', { cache, operation: 'close', reason: 'it was closed' })
    await this.#guard.wrapped('close', () => this.#driver.close())
  }

  /** Closes the driver if `prepare` fails, so that opening may be tried again. */
  async #openAndPrepare(spaces: readonly string[]): Promise<void> {
    const driver = this.#driver
    await driver.open()
    try {
      await driver.prepare?.(spaces)
    } catch (error) {
      await driver.close()
      throw error
    }
  }

  /** Calls `make` once, at the first use after the driver is open; before that, throws the error of the last attempt. */
  #onceOpen<T>(make: () => T): () => T {
    let made: T | undefined
    return () => {
      if (!this.#isOpen) throw unavailableFor(this.#openFailure, this.#guard.options.cache)
      made ??= make()
      return made
    }
  }
}

/**
 * The error of a call to a driver that is not open. The store may have refused the open for good, as it does with a wrong
 * password; for this call it is unavailable all the same, because the cache keeps trying to open it.
 */
function unavailableFor(failure: unknown, cache: string): unknown {
  if (!(failure instanceof StorageError) || isOutage(failure)) return failure
  const reason = isScopesError(failure, 'STORAGE_UNUSABLE') ? failure.details.reason : sentenceOf(failure)
  const { remedy } = failure
  return new StorageError('STORAGE_UNAVAILABLE', { cache, operation: 'open', reason, remedy }, { cause: failure })
}

/** The message without its remedy and its full stop. */
const sentenceOf = ({ message, remedy }: StorageError): string => message.replace(remedy, '').replace(/\.\s*$/, '')
