import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { onTestFinished } from 'vitest'

interface LineCost {
  readonly sent: number
  readonly received: number
  readonly roundTrips: number
}

/** A way to a server on loopback that counts the bytes of each direction, and how often the direction changes. */
export interface CountedLine {
  readonly port: number
  /** What a call costs. */
  of(call: () => Promise<unknown>): Promise<LineCost>
}

export async function countedLine(target: number): Promise<CountedLine> {
  const counts = { sent: 0, received: 0, roundTrips: 0 }
  let isAsking = false
  const proxy = createServer({ noDelay: true }, (client) => {
    const server = connect({ port: target, host: '127.0.0.1', noDelay: true })
    client.on('data', (chunk) => {
      counts.sent += chunk.length
      if (!isAsking) counts.roundTrips += 1
      isAsking = true
      server.write(chunk)
    })
    server.on('data', (chunk) => {
      counts.received += chunk.length
      isAsking = false
      client.write(chunk)
    })
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const)
      one.on('error', () => {}).on('close', () => other.destroy())
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  onTestFinished(() => void proxy.close())
  return {
    port: (proxy.address() as AddressInfo).port,
    async of(call) {
      Object.assign(counts, { sent: 0, received: 0, roundTrips: 0 })
      await call()
      return { ...counts }
    },
  }
}
