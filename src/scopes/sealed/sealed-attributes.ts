import { Attributes } from '../attributes/attributes.js'
import type { Delta } from '../attributes/delta.js'
import type { Values } from '../attributes/values.js'

/** The attributes of a sealed record. They are known to fit before anything of their request is saved. */
export class SealedAttributes extends Attributes {
  readonly #check: (delta: Delta) => void

  /** `check` throws if the record with these changes does not fit. */
  constructor(values: Values, check: (delta: Delta) => void) {
    super(values)
    this.#check = check
  }

  /** Also throws COOKIE_TOO_LARGE. */
  override delta(): Delta {
    const delta = super.delta()
    if (delta.set.size > 0) this.#check(delta)
    return delta
  }
}
