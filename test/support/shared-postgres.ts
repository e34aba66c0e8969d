import { startPostgres } from './postgres-server.js'

/**
 * Vitest's global setup for tests on stores: one PostgreSQL for all test files, which share it by prefixes, because each new one takes
 * a second. Where none can be started, the tests that need one say so.
 */
export default async function sharePostgres(): Promise<(() => Promise<void>) | undefined> {
  if (process.env.PG_URL) return undefined
  try {
    const { url, stop } = await startPostgres()
    process.env.PG_URL = url
    return stop
  } catch {
    return undefined
  }
}
