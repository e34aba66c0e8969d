import { type Capabilities, defineDriver, type Space, type StampedRow, spaceOnTable, type Table, z } from 'koa-scopes'

/** The rows of one space in a map. Each change makes a new row object, so a row is its own stamp. */
function tableInMap(): Table {
  const rows = new Map<string, StampedRow>()
  const put = (row: StampedRow['row']) => Boolean(rows.set(row.head.id, { row, stamp: row }))
  const hasStamp = (id: string, stamp: unknown) => rows.has(id) && rows.get(id)?.stamp === stamp
  const byDue = (a: StampedRow, b: StampedRow) => (a.row.due ?? 0) - (b.row.due ?? 0)
  return {
    get: async (id) => rows.get(id),
    insert: async (row) => !rows.has(row.head.id) && put(row),
    replace: async (row, stamp) => hasStamp(row.head.id, stamp) && put(row),
    remove: async (id, stamp) => hasStamp(id, stamp) && rows.delete(id),
    async due({ now, limit }) {
      const due = [...rows.values()].filter(({ row }) => row.due !== null && row.due <= now)
      return due.sort(byDue).slice(0, limit)
    },
    async rows({ limit, cursor }) {
      const ids = [...rows.keys()].filter((id) => cursor === undefined || id > cursor).sort()
      const page = ids.slice(0, limit)
      const found = page.flatMap((id) => rows.get(id)?.row ?? [])
      const last = page.at(-1)
      return ids.length > limit && last !== undefined ? { rows: found, cursor: last } : { rows: found }
    },
  }
}

const capabilities: Capabilities = {
  reach: 'process', // or 'host', 'network': the processes that share the data
  durable: false, // acknowledged changes survive the end of this process
  exactCount: true,
  notices: 'none', // what `watch` reports: 'none', 'ends' or 'all'
  localReads: false, // a load takes microseconds: memory-first scopes ask at every request
  locks: true, // spaceOnTable brings lock and unlock, so a table has them
  clock: false, // `health` returns the store's own time
  objects: false,
}

export const inMap = defineDriver({
  name: 'map',
  options: z.strictObject({}),
  capabilities: () => capabilities,
  async create() {
    const spaces = new Map<string, Space>()
    return {
      capabilities,
      async open() {},
      space(name) {
        const space = spaces.get(name) ?? spaceOnTable(tableInMap())
        spaces.set(name, space)
        return space
      },
      health: async () => ({ warnings: [], details: { spaces: spaces.size } }),
      async close() {},
    }
  },
})
