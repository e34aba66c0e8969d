import type { IncomingMessage } from 'node:http'
import { Refusal } from './answer.js'

const mostBytes = 16 * 1024

/** The fields of a form that a request brings; none without a body. Throws a refusal, 413. */
export async function formOf(request: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > mostBytes) throw new Refusal(413, 'Too large', `A form here has at most ${mostBytes} bytes.`)
    chunks.push(chunk)
  }
  return new URLSearchParams(Buffer.concat(chunks).toString())
}
