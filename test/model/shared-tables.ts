import { z } from 'zod'
import { type DriverDefinition, defineDriver } from '../../src/drivers/definition.js'
import { memory } from '../../src/drivers/memory/index.js'
import { Residents } from '../../src/drivers/memory/residents.js'
import { MemoryTable } from '../../src/drivers/memory/table.js'
import { spaceOnTable } from '../../src/storage/space-on-table.js'

/** Tables in memory that several drivers share, as processes share a table of a database: they only compare and set. */
export function sharedTables(): DriverDefinition {
  const environment = { cache: 'model', directory: '/', onEvicted() {} }
  const residents = new Residents({ maxEntries: 1_000_000 }, environment)
  const tables = new Map<string, MemoryTable>()
  const tableOf = (name: string) => {
    const table = tables.get(name) ?? new MemoryTable(name, residents)
    tables.set(name, table)
    return table
  }
  const capabilities = { ...memory.capabilities({ maxEntries: 1 }), durable: true, objects: false }
  return defineDriver<unknown>({
    name: 'tables',
    options: z.unknown(),
    capabilities: () => capabilities,
    create: async () => ({
      capabilities,
      async open() {},
      space: (name) => spaceOnTable(tableOf(name)),
      health: async () => ({ warnings: [], details: {} }),
      async close() {},
    }),
  })
}
