import { isLoopback } from '../loopback.js'
import type { Check } from './check.js'

/** Checks that the admin page cannot be reached from other machines without a token that the operator chose, and has a port of its own. */
export const checkAdmin: Check = function* ({ config: { admin, server } }) {
  if (!admin) return
  if (admin.token === undefined && !isLoopback(admin.host))
    yield {
      path: ['admin', 'host'],
      problem: '{value} can be reached from other machines, and no token is configured.',
      remedy: 'Set admin.token to at least 16 random characters, or remove the host.',
      because: [['admin', 'token']],
    }
  if (admin.port !== 0 && admin.port === server.port)
    yield {
      path: ['admin', 'port'],
      problem: '{value} is the port of the server too.',
      remedy: 'Give the admin page a port of its own.',
      because: [['server', 'port']],
    }
}
