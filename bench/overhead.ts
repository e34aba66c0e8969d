/*
 * The cost of a request without a cookie that uses no scope, beside the same request on bare Koa: CPU of the server
 * process, in rounds that take turns. Run: npm run bench:overhead
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { Agent, get } from 'node:http'
import { fileURLToPath } from 'node:url'

const rounds = 15
const requestsPerRound = 6_000
const connections = 8

interface Contender {
  readonly name: string
  readonly child: ChildProcess
  readonly url: string
  readonly agent: Agent
  readonly microseconds: number[]
}

async function contend(name: string): Promise<Contender> {
  const child = fork(fileURLToPath(new URL('overhead-server.ts', import.meta.url)), [name], {
    execArgv: ['--import', 'tsx'],
  })
  const [url] = (await once(child, 'message')) as [string]
  return { name, child, url, agent: new Agent({ keepAlive: true, maxSockets: connections }), microseconds: [] }
}

async function cpuOf({ child }: Contender): Promise<number> {
  child.send('cpu')
  const [microseconds] = (await once(child, 'message')) as [number]
  return microseconds
}

const fetchOnce = ({ agent, url }: Contender) =>
  new Promise<void>((resolve, reject) => {
    get(url, { agent }, (response) => response.resume().once('end', resolve)).once('error', reject)
  })

async function round(contender: Contender): Promise<number> {
  const before = await cpuOf(contender)
  const lane = async () => {
    for (let i = 0; i < requestsPerRound / connections; i += 1) await fetchOnce(contender)
  }
  await Promise.all(Array.from({ length: connections }, lane))
  return ((await cpuOf(contender)) - before) / requestsPerRound
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

const contenders = [await contend('bare'), await contend('scopes')]
for (const contender of contenders) await round(contender)
for (let i = 0; i < rounds; i += 1) for (const it of contenders) it.microseconds.push(await round(it))

const [bare, scopes] = contenders.map(({ microseconds }) => median(microseconds)) as [number, number]
console.log(`bare Koa                        ${bare.toFixed(1)} µs of CPU per request`)
console.log(`with scopes, none of them used  ${scopes.toFixed(1)} µs of CPU per request`)
console.log(`difference                      ${(scopes - bare).toFixed(1)} µs (medians of ${rounds} rounds)`)
for (const { agent, child } of contenders) {
  agent.destroy()
  child.kill()
}
