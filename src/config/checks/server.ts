import { isSocketFile } from '../schema/port.js'
import type { Check } from './check.js'

/** The most bytes that the path of a Unix socket may have on every system. */
const longestSocketPath = 103

/** Checks that the container can listen as it is told, and that no key of the server is without effect. */
export const checkServer: Check = function* ({ config: { server, applications }, hasReference }) {
  const { port, socketMode, headersTimeoutMs, requestTimeoutMs, health } = server
  if (isSocketFile(port) && Buffer.byteLength(port) > longestSocketPath)
    yield {
      path: ['server', 'port'],
      problem: `The path of a Unix socket has at most ${longestSocketPath} bytes, and {value} has ${Buffer.byteLength(port)} with its folder.`,
      remedy: 'Name a shorter one, as in: port: /run/app.sock',
    }
  if (socketMode !== undefined && !isSocketFile(port) && !hasReference(['server', 'port']))
    yield {
      path: ['server', 'socketMode'],
      problem: '{value} has no effect: the port is not the path of a Unix socket.',
      remedy: 'Remove it.',
      because: [['server', 'port']],
    }
  if (requestTimeoutMs !== null && (headersTimeoutMs === null || headersTimeoutMs > requestTimeoutMs))
    yield {
      path: ['server', 'headersTimeout'],
      problem: '{value} is longer than the requestTimeout, which has the headers in it.',
      remedy: 'Write a shorter one, or a longer requestTimeout.',
      because: [['server', 'requestTimeout']],
    }
  for (const { name, mount } of applications.values()) {
    if (health === undefined || ![health, `${health}/live`, `${health}/ready`].includes(mount)) continue
    yield {
      path: ['server', 'health'],
      problem: `The application ${name} is mounted at ${mount}, which {value} answers.`,
      remedy: 'Choose another path for one of them.',
      because: [['applications', name, 'mount']],
    }
  }
}
