import { readBy } from '../../support/option-types.js'
import type { Reading } from '../../support/reading.js'

/** A port, the path of a Unix socket or of a named pipe of Windows, or `fd:3`: a descriptor that this process inherited. */
export type Port = number | string

const highestPort = 65_535
const descriptor = /^fd:\d{1,4}$/
/** With a slash, so that a mistyped port is no path. */
const socketPath = /\/[^/]+$/
const pipePath = /^\\\\[.?]\\pipe\\./
/** What no path has: the end of a text in C, and the start of a URL. */
const noPath = /\0|:\/\//

const remedy = 'Write it as in: port: 8080, or name a socket, as in: port: /run/app.sock'

const forms = [
  { type: 'integer', minimum: 0, maximum: highestPort },
  { type: 'string', pattern: [descriptor, socketPath, pipePath].map(({ source }) => source).join('|') },
]

export const port = readBy<Port, Port>(readPort, forms)

/** The number of the descriptor; undefined for another port. */
export const descriptorIn = (port: Port): number | undefined =>
  typeof port === 'string' && descriptor.test(port) ? Number(port.slice(3)) : undefined

/** Whether it is the path of a Unix socket, which is a file. */
export const isSocketFile = (port: Port): port is string =>
  typeof port === 'string' && !descriptor.test(port) && !pipePath.test(port)

const isPort = (text: string): boolean =>
  !noPath.test(text) && [descriptor, socketPath, pipePath].some((form) => form.test(text))

function readPort(value: unknown): Reading<Port> {
  if (typeof value === 'string' && isPort(value)) return { value }
  if (typeof value !== 'number') return { problem: 'is not a number', remedy }
  if (!Number.isInteger(value)) return { problem: 'is not a whole number', remedy }
  if (value < 0) return { problem: 'is less than 0', remedy }
  return value > highestPort ? { problem: `is more than ${highestPort}`, remedy } : { value }
}
