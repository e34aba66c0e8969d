import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startHazelcast } from './hazelcast-members.js'
import { anyMongo } from './mongo-server.js'

/** A server as test files ask for it: how a cache reaches it. */
type Options = Readonly<Record<string, unknown>>

interface Started {
  readonly options: Options
  stop(): Promise<void>
}

/**
 * The servers that are programs in Java, which take seconds to start. Each test has maps of its own, with a ringbuffer that would
 * have room for 10,000 notices, so the member has more memory than elsewhere, and ringbuffers are shorter.
 */
const servers = {
  async hazelcast(): Promise<Started> {
    const settings = '<ringbuffer name="*"><capacity>1000</capacity></ringbuffer>'
    const { name, addresses, stop } = await startHazelcast({ settings, heap: '512m' })
    return { options: { clusterName: name, members: addresses }, stop }
  },
  async mongodb(): Promise<Started> {
    const { url, stop } = await anyMongo()
    return { options: { url }, stop }
  },
}

export type SharedServer = keyof typeof servers

const variable = 'SHARED_SERVERS'

/** The store that the environment chooses, on which alone the behaviours run then. */
export const chosenStore = process.env.BEHAVIOURS_STORE || undefined

/**
 * Vitest's global setup for tests on stores: starts a server when a test file first asks for it, for all files, which share it by
 * prefixes.
 */
export default async function shareOnDemand(): Promise<(() => Promise<void>) | undefined> {
  if (process.env[variable]) return undefined
  const started = new Map<string, Promise<Started>>()
  const listener = createServer(async ({ url = '' }, response) => {
    const name = url.slice(1) as SharedServer
    const server = started.get(name) ?? servers[name]()
    started.set(name, server)
    await server.then(
      ({ options }) => response.end(JSON.stringify(options)),
      (error) => response.writeHead(500).end(`${error}`),
    )
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const { port } = listener.address() as AddressInfo
  process.env[variable] = `http://127.0.0.1:${port}`
  return async () => {
    listener.close()
    const ended = await Promise.allSettled(started.values())
    await Promise.all(ended.map((server) => server.status === 'fulfilled' && server.value.stop()))
  }
}

const asked = new Map<SharedServer, Promise<Options>>()

/** The options of a cache on the server that all test files share. Each process asks once. */
export function sharedServer(name: SharedServer): Promise<Options> {
  const options = asked.get(name) ?? optionsOf(name)
  asked.set(name, options)
  return options
}

async function optionsOf(name: SharedServer): Promise<Options> {
  const response = await fetch(`${process.env[variable]}/${name}`)
  if (!response.ok) throw new Error(await response.text())
  return (await response.json()) as Options
}
