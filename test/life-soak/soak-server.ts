/** A node of the soak, in a process of its own. argv[2] is a ShopSetup as JSON; the parent moves its time. */

import { appendFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { createContainer } from '../../src/container/create-container.js'
import { silentLogger } from '../../src/support/logger.js'
import { serveInProcess } from '../support/serve-in-process.js'
import { type OpenScopes, shop } from '../support/shop.js'
import type { FromServer, ShopSetup, ToServer } from '../support/shop-server.js'
import { TravellingClock } from '../support/travelling-clock.js'
import { travellingDrivers } from '../support/travelling-drivers.js'
import type { EndLine } from './history.js'
import { serveSockets, streamPage, streamPath } from './live.js'
import { explain, pagesWith } from './pages.js'

const setup: ShopSetup = JSON.parse(process.argv[2] ?? '')
const clock = new TravellingClock(setup.ahead)
const tell = (message: FromServer) => process.send?.(message)

/** In the file before the handler goes on, so that SIGKILL takes nothing back. */
function note(line: Omit<EndLine, 'process' | 'at'>): void {
  if (setup.journal)
    appendFileSync(setup.journal, `${JSON.stringify({ process: setup.name, at: clock.now(), ...line })}\n`)
}

const served = () => container.application<OpenScopes>('shop')

const application = shop(
  { ...pagesWith(() => served().sessions), [streamPath]: streamPage(served) },
  {
    onError: explain,
    /** A session says how its handler is to fare. */
    async onSessionEnd({ session, id, reason, attempt }) {
      const { name, atEnd } = session
      const line = { session: String(name), id, reason, attempt, data: { ...session } }
      note({ ...line, phase: 'begun' })
      if (atEnd === 'slow') await pause(600 + Math.random() * 300)
      if (atEnd === 'fails' || (atEnd === 'fails once' && attempt === 1)) {
        note({ ...line, phase: 'threw' })
        throw new Error('The end handler fails')
      }
      note({ ...line, phase: 'done' })
    },
  },
)

const container = await createContainer(setup.config, {
  applications: { shop: application },
  drivers: travellingDrivers(clock),
  clock,
  logger: silentLogger,
})

process.on('message', (message: ToServer) => {
  if ('jump' in message) clock.jump(message.jump)
  tell({ moved: true })
})
await serveSockets(container)
await serveInProcess(container, tell)
