import { validateHeaderName, validateHeaderValue } from 'node:http'

/** A header of the response that opens a connection, or refuses it. `Set-Cookie` may come several times. */
export type HeaderPair = readonly [name: string, value: string]

/** Headers of a body or of the protocol, which are not for the application to set in the answer to an upgrade request. */
const ofTheProtocol = /^(content-|sec-websocket-|transfer-encoding$|connection$|upgrade$|keep-alive$)/i

/**
 * The headers that can be sent in the answer to an upgrade request; those of a body and of the protocol are left out. Throws
 * TypeError for a name or a value that would not stay one header line.
 */
export const headerPairs = (headers: object): readonly HeaderPair[] =>
  Object.entries(headers)
    .filter(([name, value]) => !ofTheProtocol.test(name) && value !== undefined)
    .flatMap(([name, value]) => [value].flat().map((one) => [name, checked(name, one)] as const))

function checked(name: string, value: unknown): string {
  if (typeof value !== 'string' && typeof value !== 'number')
    throw new TypeError(`The value of the header ${JSON.stringify(name)} is a ${typeof value}`)
  validateHeaderName(name)
  validateHeaderValue(name, String(value))
  return String(value)
}
