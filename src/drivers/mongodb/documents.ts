import { type Call, throwIfGivenUp } from '../network/call.js'
import type { Fields, MongoCollection } from './client.js'
import type { Manner, MongoConnection, Send } from './connection.js'
import { isDuplicate } from './failure.js'

/** An index, as the client takes it. */
export interface Index {
  readonly key: Fields
  readonly name: string
  readonly [option: string]: unknown
}

/**
 * The member of a document that is reserved for an insert and holds nothing else yet. An insert cannot be refused for being late,
 * because MongoDB knows no condition with `$$NOW` there: so it is a reservation, which means nothing, and a change, which has
 * the condition.
 */
const reserved = { reserved: true } as const
/** The condition that a document is no reservation. */
export const inserted: Fields = { reserved: null }

/** The documents of one collection. Every change carries the caller's deadline, which the server compares with its own clock. */
export class Documents {
  readonly #connection: MongoConnection
  readonly #collection: MongoCollection
  /** undefined: none are made. */
  readonly #indexes: readonly Index[] | undefined
  #prepared: Promise<void> | undefined

  constructor(connection: MongoConnection, name: string, indexes: readonly Index[] | undefined) {
    this.#connection = connection
    this.#collection = connection.collection(name)
    this.#indexes = indexes
  }

  /** Makes the indexes, which are there already from the second start on. After a failure the next call tries again. */
  prepare(call: Call): Promise<void> {
    this.#prepared ??= this.#prepare(call).catch((error) => {
      this.#prepared = undefined
      throw error
    })
    return this.#prepared
  }

  /**
   * The document as the primary has it. On a replica set the primary first asks the majority whether it still is the primary,
   * so that one that was deposed does not answer.
   */
  latest(filter: Fields, projection: Fields, call: Call): Promise<Fields | null> {
    const concern = this.#connection.isReplicated && { readConcern: { level: 'linearizable' } }
    return this.#read(call, (options) => this.#collection.findOne(filter, { projection, ...options, ...concern }))
  }

  find(filter: Fields, query: Fields, call: Call): Promise<readonly Fields[]> {
    return this.#read(call, (options) => this.#collection.find(filter, { ...query, ...options }).toArray())
  }

  count(filter: Fields, call: Call): Promise<number> {
    return this.#read(call, (options) => this.#collection.countDocuments(filter, options))
  }

  /** Changes the document. Returns it as it was before; null if none fits. */
  change(filter: Fields, update: Fields, projection: Fields, call: Call): Promise<Fields | null> {
    return this.#run(call, (options) =>
      this.#collection.findOneAndUpdate(this.#inTime(filter, call), update, {
        projection,
        returnDocument: 'before',
        ...options,
      }),
    )
  }

  /** Changes the document. Returns whether one fits. */
  async update(filter: Fields, update: Fields, call: Call): Promise<boolean> {
    const { matchedCount } = await this.#run(call, (options) =>
      this.#collection.updateOne(this.#inTime(filter, call), update, options),
    )
    return matchedCount === 1
  }

  /** Changes every document that fits. Returns how many there were. */
  async updateMany(filter: Fields, update: Fields, call: Call): Promise<number> {
    const { matchedCount } = await this.#run(call, (options) =>
      this.#collection.updateMany(this.#inTime(filter, call), update, options),
    )
    return matchedCount
  }

  /** Makes several changes in one command, in any order. */
  async updateEach(
    changes: readonly { readonly filter: Fields; readonly update: Fields }[],
    call: Call,
  ): Promise<void> {
    await this.#run(call, (options) =>
      this.#collection.bulkWrite(
        changes.map(({ filter, update }) => ({ updateOne: { filter: this.#inTime(filter, call), update } })),
        { ordered: false, ...options },
      ),
    )
  }

  /**
   * Inserts a document. False, and nothing is inserted, if there is one of its `_id`, or if it is too late by the clock of the
   * server; then the reservation stays, with these members, by which it must be removed some time.
   */
  async insert({ _id, ...members }: Fields, reservation: Fields, call: Call): Promise<boolean> {
    const reserve = (options: Fields) =>
      this.#collection.updateOne(
        { _id },
        { $setOnInsert: { ...reservation, ...reserved } },
        // If it is lost with a server, the change finds nothing, so it need not wait for the majority.
        { upsert: true, writeConcern: { w: 1 }, ...options },
      )
    await this.#run(call, reserve, { isRepeatable: true, isExpected: isDuplicate }).catch((error) => {
      if (!isDuplicate(error)) throw error
    })
    throwIfGivenUp(call)
    return this.update({ _id, ...reserved }, fill(reservation, members), call)
  }

  /** Removes reservations that fit and were not used. */
  async removeReserved(filter: Fields, call: Call): Promise<void> {
    await this.removeAll({ ...filter, ...reserved }, call)
  }

  remove(filter: Fields, projection: Fields, call: Call): Promise<Fields | null> {
    return this.#run(call, (options) =>
      this.#collection.findOneAndDelete(this.#inTime(filter, call), { projection, ...options }),
    )
  }

  /** Returns how many documents were removed. */
  async removeAll(filter: Fields, call: Call): Promise<number> {
    const { deletedCount } = await this.#run(call, (options) =>
      this.#collection.deleteMany(this.#inTime(filter, call), options),
    )
    return deletedCount
  }

  async #prepare(call: Call): Promise<void> {
    const indexes = this.#indexes
    if (!indexes) return
    await this.#connection.run(call, (options) => this.#collection.createIndexes(indexes, options), {
      isRepeatable: true,
    })
  }

  #read<T>(call: Call, send: Send<T>): Promise<T> {
    return this.#run(call, send, { isRepeatable: true })
  }

  async #run<T>(call: Call, send: Send<T>, manner?: Manner): Promise<T> {
    await this.prepare(call)
    return this.#connection.run(call, send, manner)
  }

  #inTime(filter: Fields, call: Call): Fields {
    return { ...filter, ...this.#connection.inTime(call) }
  }
}

/** Makes the document of its reservation. */
function fill(reservation: Fields, members: Fields): Fields {
  const left = Object.keys(reservation).filter((name) => members[name] === undefined)
  return { $set: members, $unset: Object.fromEntries([...left, 'reserved'].map((name) => [name, ''])) }
}
