import type { Call } from './call.js'
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
 * The `_id` of the mark that each collection has. It is a number, so it is no record. An insert that comes too late finds the mark
 * instead of making a document: an insert itself cannot have a condition.
 */
const markId = 0

/** The documents of one collection. Every change carries the caller's deadline, which the server compares with its own clock. */
export class Documents {
  readonly #connection: MongoConnection
  readonly #collection: MongoCollection
  readonly #indexes: readonly Index[]
  #prepared: Promise<void> | undefined

  constructor(connection: MongoConnection, name: string, indexes: readonly Index[]) {
    this.#connection = connection
    this.#collection = connection.collection(name)
    this.#indexes = indexes
  }

  /** Makes the indexes and the mark, which are there already from the second start on. After a failure the next call tries again. */
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

  /** Inserts a document. False, and nothing changes, if there is one of its `_id`, or if it is too late by the clock of the server. */
  async insert({ _id, ...members }: Fields, call: Call): Promise<boolean> {
    const late = this.#connection.late(call)
    const filter = late ? { $or: [{ _id }, { _id: markId, ...late }] } : { _id }
    const set = late ? { _id, ...members } : members
    const insert = (options: Fields) =>
      this.#collection.updateOne(filter, { $setOnInsert: set }, { upsert: true, ...options })
    try {
      return (await this.#run(call, insert, { isExpected: isDuplicate })).upsertedCount === 1
    } catch (error) {
      if (isDuplicate(error)) return false
      throw error
    }
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
    await this.#connection.run(call, (options) => this.#collection.createIndexes(this.#indexes, options))
    const mark = { $setOnInsert: { mark: true } }
    const insert = (options: Fields) => this.#collection.updateOne({ _id: markId }, mark, { upsert: true, ...options })
    await this.#connection.run(call, insert, { isExpected: isDuplicate }).catch((error) => {
      if (!isDuplicate(error)) throw error
    })
  }

  #read<T>(call: Call, send: Send<T>): Promise<T> {
    return this.#run(call, send, { isRead: true })
  }

  async #run<T>(call: Call, send: Send<T>, manner?: Manner): Promise<T> {
    await this.prepare(call)
    return this.#connection.run(call, send, manner)
  }

  #inTime(filter: Fields, call: Call): Fields {
    return { ...filter, ...this.#connection.inTime(call) }
  }
}
