/** A document, or a part of one: a filter, an update, options. */
export type Fields = Readonly<Record<string, unknown>>

/** The part of a collection of the client that this driver uses. */
export interface MongoCollection {
  findOne(filter: Fields, options: Fields): Promise<Fields | null>
  find(filter: Fields, options: Fields): { toArray(): Promise<Fields[]> }
  findOneAndUpdate(filter: Fields, update: Fields, options: Fields): Promise<Fields | null>
  findOneAndDelete(filter: Fields, options: Fields): Promise<Fields | null>
  updateOne(filter: Fields, update: Fields, options: Fields): Promise<Updated>
  updateMany(filter: Fields, update: Fields, options: Fields): Promise<Updated>
  deleteMany(filter: Fields, options: Fields): Promise<Deleted>
  bulkWrite(operations: readonly Fields[], options: Fields): Promise<unknown>
  countDocuments(filter: Fields, options: Fields): Promise<number>
  createIndexes(indexes: readonly Fields[], options: Fields): Promise<unknown>
}

interface Updated {
  readonly matchedCount: number
  readonly upsertedCount: number
}

interface Deleted {
  readonly deletedCount: number
}

/** What the client knows of one server. */
export interface ServerState {
  readonly type: string
  readonly setName: string | null
  readonly error: Error | null
}

export interface TopologyEvent {
  readonly newDescription: { readonly type: string; readonly servers: ReadonlyMap<string, ServerState> }
}

/** The part of the client that this driver uses. */
export interface MongoClient {
  connect(): Promise<unknown>
  close(): Promise<void>
  on(event: 'topologyDescriptionChanged', listener: (event: TopologyEvent) => void): unknown
  db(name: string): MongoDatabase
}

interface MongoDatabase {
  collection(name: string): MongoCollection
  command(command: Fields, options: Fields): Promise<Fields>
}

export interface MongoServers {
  /** Creates a client, which does not connect yet. Rejects if its password cannot be had. */
  createClient(): Promise<MongoClient>
  readonly database: string
  /** The servers' addresses, for messages. */
  readonly where: string
}
