import type { LoadOptions, LoadResult } from '../../storage/contract.js'
import { recordWith } from '../../storage/record.js'
import * as steps from '../../storage/steps.js'
import { type Call, callOf } from '../network/call.js'
import type { Fields } from './client.js'
import { liveAt } from './conditions.js'
import { type Found, withoutAttributes } from './document.js'
import { inserted } from './documents.js'
import type { Records } from './records.js'
import { DocumentUpdate } from './update.js'

/**
 * The loads of a space. A load is one command if the record has the version that the caller holds, or if the caller holds none;
 * two if it has another version. With a touch the command is a change, which a majority confirms.
 */
export class Loads {
  readonly #records: Records

  constructor(records: Records) {
    this.#records = records
  }

  async load(id: string, options: LoadOptions): Promise<LoadResult> {
    const call = callOf('load', options)
    const found = options.prolong ? undefined : await this.#found(id, options, call)
    if (found) return resultOf(found, steps.load(found.row, options))
    const { touch: _, prolong: __, ...untouching } = options
    const head = await this.#records.head(id, call)
    const { answer } = steps.load(head?.row, untouching)
    if (answer.status === 'missing' || answer.status === 'refused') return answer
    return this.#records.change(id, 'whole', call, (found) => {
      const { answer, ...step } = steps.load(found?.row, options)
      return { ...step, answer: found ? resultOf(found, { answer, ...step }) : missing }
    })
  }

  /** The record before the touch, if it fits the seal and, with a touch, is live. */
  async #found(id: string, options: LoadOptions, call: Call): Promise<Found | undefined> {
    const { seal, ifChangedSince } = options
    const filter = { _id: id, ...(seal !== undefined && { seal }) }
    const held = ifChangedSince !== undefined && { ...filter, version: ifChangedSince }
    return (held && (await this.#take(held, withoutAttributes, options, call))) || this.#take(filter, {}, options, call)
  }

  async #take(filter: Fields, projection: Fields, options: LoadOptions, call: Call): Promise<Found | undefined> {
    const { documents } = this.#records
    const { now, touch } = options
    const fields = touch
      ? await documents.change(
          { ...filter, ...liveAt(now) },
          new DocumentUpdate().touch(touch).fields,
          projection,
          call,
        )
      : await documents.latest({ ...filter, ...inserted }, projection, call)
    return this.#records.understood(fields)
  }
}

const missing = { status: 'missing' } as const

/** The answer of a step, with the record if it is a loaded one. */
function resultOf({ row, attributes }: Found, step: steps.Step<steps.LoadAnswer, steps.Row>): LoadResult {
  const { answer } = step
  if (answer.status !== 'loaded') return answer
  return { record: recordWith((step.row ?? row).head, attributes), ...answer }
}
