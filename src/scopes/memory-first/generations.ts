import type { Delta } from '../attributes/delta.js'
import type { EncodedAttributes } from '../attributes/encoded-attributes.js'
import { Values } from '../attributes/values.js'
import type { ScopeEnvironment } from '../environment.js'

/**
 * The content of a live record. The encoded attributes are the truth; the values decoded from them belong to a
 * generation, which ends when anything but its own requests changes the truth. Requests of an earlier generation finish
 * on its values and commit deltas like all others.
 */
export class Generations {
  readonly #environment: ScopeEnvironment
  readonly #id: string
  #present: Values

  constructor(environment: ScopeEnvironment, id: string, attributes: ReadonlyMap<string, Uint8Array>) {
    this.#environment = environment
    this.#id = id
    this.#present = new Values(environment, id, attributes)
  }

  get encoded(): EncodedAttributes {
    return this.#present.encoded
  }

  /** The values of the present generation. */
  get present(): Values {
    return this.#present
  }

  /** These changes, made on `values`, are the truth from now on. */
  accept(delta: Delta, values: Values): void {
    values.accept(delta)
    if (values !== this.#present) this.replace(this.encoded.with(delta))
  }

  /** The truth was changed by another node, or by a request of an earlier generation. */
  replace(encoded: EncodedAttributes): void {
    this.#present = new Values(this.#environment, this.#id, encoded)
  }

  /** Begins a generation whose values no request holds yet. */
  renew(): Values {
    this.replace(this.encoded)
    return this.#present
  }
}
