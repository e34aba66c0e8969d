/** A node of the soak, in a process of its own. argv[2] is a ShopSetup as JSON. */

import { appendFileSync } from 'node:fs'
import { createContainer } from '../../src/container/create-container.js'
import { silentLogger } from '../../src/support/logger.js'
import { serveInProcess } from '../support/serve-in-process.js'
import { shop } from '../support/shop.js'
import type { ShopSetup } from '../support/shop-server.js'
import type { EndNote } from './verdict.js'

const setup: ShopSetup = JSON.parse(process.argv[2] ?? '')

const application = shop(
  {
    '/read': (ctx) => ({ ...ctx.session }),
    '/visit': (ctx) => {
      if (ctx.session.number === undefined) return {}
      ctx.session.visits += 1
      return { ...ctx.session }
    },
    '/logout': (ctx) => ctx.scopes.session.invalidate(),
  },
  {
    /** In the file before the handler is over, so that SIGKILL takes nothing back. */
    onSessionEnd({ session, reason }) {
      const note: EndNote = { number: session.number, visits: session.visits, reason }
      if (setup.journal) appendFileSync(setup.journal, `${JSON.stringify(note)}\n`)
    },
  },
)

const container = await createContainer(setup.config, { applications: { shop: application }, logger: silentLogger })
await serveInProcess(container, (message) => process.send?.(message))
