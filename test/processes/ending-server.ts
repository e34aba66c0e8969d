/** A node in a process of its own. argv[2] is an EndingServerSetup as JSON; messages from the parent move its clock. */
import { appendFile } from 'node:fs/promises'
import { type Clock, createContainer, defineApplication, silentLogger, systemClock } from '../../src/index.js'

export interface EndingServerSetup {
  /** Of the LMDB store. */
  readonly path: string
  readonly cluster: boolean
  /** How far its clock is ahead, in milliseconds. */
  readonly ahead: number
  /** Every end of a session is appended to this file. */
  readonly journal: string
  /** Its end handlers never finish. */
  readonly hangs: boolean
}

/** A line of the journal. */
export interface JournalEntry {
  readonly number: string
  readonly reason: string
  readonly attempt: number
}

const setup: EndingServerSetup = JSON.parse(process.argv[2] ?? '')
let { ahead } = setup
const clock: Clock = { now: () => Date.now() + ahead, schedule: systemClock.schedule }

const shop = defineApplication<{ session: { number: string } }>({
  async onSessionEnd({ session: { number }, reason, attempt }) {
    const entry: JournalEntry = { number, reason, attempt }
    await appendFile(setup.journal, `${JSON.stringify(entry)}\n`)
    if (setup.hangs) await new Promise(() => {})
  },
  setup(app) {
    app.use((ctx) => {
      ctx.session.number = String(ctx.query.number)
      ctx.body = 'stored'
    })
  },
})

const container = await createContainer(
  {
    server: { port: 0 },
    caches: { disk: { driver: 'lmdb', path: setup.path, storage: true } },
    applications: { shop: { session: { storage: 'disk', cluster: setup.cluster, timeout: '1h' } } },
  },
  { applications: { shop }, clock, logger: silentLogger },
)
const { url } = await container.listen()
process.on('message', (ms: number) => {
  ahead += ms
})
process.once('SIGTERM', async () => {
  await container.close()
  process.disconnect()
})
process.send?.(url)
