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
  readonly signal: AbortSignal | undefined
}

const withoutBody = [204, 205, 304]

/** Sends a request. Resolves with the response when its headers have come; rejects if there is none. */
export function ask({ connect }: Way, { body, headers, method, path, signal }: Question): Promise<Response> {
  return new Promise((resolve, reject) => {
    const length = body.byteLength > 0 ? { 'content-length': String(body.byteLength) } : {}
    const sent = request({ ...connect(), method, path, headers: { ...headers, ...length }, ...(signal && { signal }) })
    const refuse = ({ statusCode }: IncomingMessage) => {
      sent.destroy()
      reject(new TypeError(`A response with status ${statusCode} is none for a visitor`))
    }
    sent.once('error', reject)
    sent.once('upgrade', refuse)
    sent.once('response', (answer) => {
      const { statusCode = 0 } = answer
      if (statusCode < 200 || statusCode > 599) refuse(answer)
      else resolve(responseOf(answer, method))
    })
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
