import { type IncomingMessage, request } from 'node:http'
import { Readable } from 'node:stream'
import type { Way } from './site.js'

/** A request as it is sent: the body is whole, so that a redirect can repeat it. */
export interface Question {
  readonly method: string
  /** With query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  readonly signal: AbortSignal
}

const withoutBody = [204, 205, 304]

/** Sends a request. Resolves with the response when its headers have come; rejects if there is none. */
export function ask({ connect }: Way, { body, headers, method, path, signal }: Question): Promise<Response> {
  return new Promise((resolve, reject) => {
    const length = body.byteLength > 0 ? { 'content-length': String(body.byteLength) } : {}
    const sent = request({ ...connect(), method, path, signal, headers: { ...headers, ...length } })
    sent.once('error', reject)
    sent.once('response', (answer) => resolve(responseOf(answer, method)))
    sent.end(body)
  })
}

function responseOf(answer: IncomingMessage, method: string): Response {
  const { rawHeaders, statusCode: status = 0, statusMessage: statusText = '' } = answer
  const headers = new Headers()
  for (let index = 0; index < rawHeaders.length; index += 2)
    headers.append(rawHeaders[index] ?? '', rawHeaders[index + 1] ?? '')
  const isEmpty = method === 'HEAD' || withoutBody.includes(status)
  if (isEmpty) answer.resume()
  return new Response(isEmpty ? null : (Readable.toWeb(answer) as ReadableStream), { status, statusText, headers })
}
