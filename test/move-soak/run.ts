import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { ConfigInput } from '../../src/config/load.js'
import { randomFrom } from '../faults/random.js'
import { Fleet } from '../life-soak/fleet.js'
import { unrestIn } from '../life-soak/unrest.js'
import { exitOf, spawnCli } from '../support/cli.js'
import { withFolder } from '../support/container.js'
import { type CacheInput, type DurableDriver, withDurableCache } from '../support/durable-cache.js'
import { beginSessions, type SoakSession } from './sessions.js'
import { type EndNote, Verdict } from './verdict.js'
import { ask, type Crowd, visit, visitUntil } from './visitors.js'

export interface MoveSoak {
  readonly from: DurableDriver
  readonly to: DurableDriver
  readonly sessions: number
  /** How long visitors come before the records move. */
  readonly seconds: number
  readonly seed: number
  /** How often the process that moves them is killed, in each direction. */
  readonly kills: number
}

interface MoveFigures {
  /** `forth` or `back`. */
  readonly way: string
  /** The time of the runs of `koa-scopes move`, killed ones included. */
  readonly seconds: number
  readonly answers: number
}

export interface MoveHistory {
  readonly verdict: Verdict
  readonly figures: readonly MoveFigures[]
  readonly killed: number
}

const nodeCount = 3
const visitors = 40
/** How many are read at a time when all are looked at. */
const width = 50
/** Every nth session is logged out before the way back. */
const logoutEvery = 50
const program = new URL('server.ts', import.meta.url)

/** Moves all sessions to another store and back, while visitors use them and processes are killed. */
export const soak = (plan: MoveSoak): Promise<MoveHistory> =>
  withDurableCache(plan.from, (from) =>
    withDurableCache(plan.to, (to) => withFolder((folder) => new Run(plan, { from, to }, folder).run())),
  )

class Run {
  readonly #plan: MoveSoak
  readonly #caches: Readonly<Record<'from' | 'to', CacheInput>>
  readonly #folder: string
  readonly #random: () => number
  readonly #verdict = new Verdict()
  readonly #figures: MoveFigures[] = []
  #sessions: SoakSession[] = []
  readonly #loggedOut: SoakSession[] = []
  #killed = 0

  constructor(plan: MoveSoak, caches: Readonly<Record<'from' | 'to', CacheInput>>, folder: string) {
    this.#plan = plan
    this.#caches = caches
    this.#folder = folder
    this.#random = randomFrom(plan.seed)
  }

  async run(): Promise<MoveHistory> {
    this.#sessions = await beginSessions(this.#plan.sessions, this.#caches.from)
    await writeFile(this.#journal, '')
    await this.#move('forth', 'from', 'to')
    await this.#move('back', 'to', 'from')
    this.#verdict.judgeEnds(await this.#ends(), this.#loggedOut)
    return { verdict: this.#verdict, figures: this.#figures, killed: this.#killed }
  }

  get #journal(): string {
    return join(this.#folder, 'journal')
  }

  /** The nodes begin with records in the old store only; in the end all are in the new one. */
  async #move(way: string, fallback: 'from' | 'to', write: 'from' | 'to'): Promise<void> {
    const config = this.#config(write, fallback)
    const fleet = await Fleet.start(nodeCount, { config, journal: this.#journal }, program)
    const crowd = { fleet, random: this.#random, sessions: this.#sessions, verdict: this.#verdict }
    try {
      const over = new AbortController()
      const unrest = unrestIn(fleet, this.#random)
      const visits = visitUntil(over.signal, { ...crowd, visitors })
      await pause(this.#plan.seconds * 1_000)
      const startedAt = performance.now()
      await this.#moveAll(config, fallback, write)
      const seconds = Math.round((performance.now() - startedAt) / 100) / 10
      over.abort()
      await visits
      await unrest.stop()
      this.#figures.push({ way, seconds, answers: this.#verdict.answers })
      await this.#lookAtAll(crowd)
      await this.#logOutSome(crowd)
    } finally {
      this.#killed += fleet.processes.filter(({ signal }) => signal === 'SIGKILL').length
      await fleet.kill()
    }
  }

  /** `koa-scopes move`, killed now and then, until it says that nothing is left. */
  async #moveAll(config: ConfigInput, from: string, to: string): Promise<void> {
    const file = join(this.#folder, `move-to-${to}.yaml`)
    await writeFile(file, JSON.stringify(config))
    const args = ['move', file, '--application', 'shop', '--scope', 'session', '--from', from, '--to', to, '--json']
    for (let run = 0; ; run += 1) {
      const child = spawnCli(args)
      child.stderr.pipe(process.stderr)
      child.stdout.resume()
      if (run < this.#plan.kills) {
        await pause(600 + this.#random() * 1_500)
        child.kill('SIGKILL')
      }
      const code = await exitOf(child)
      if (code === 0) return
      if (run > this.#plan.kills + 10) throw new Error(`koa-scopes move ended with ${code} again and again`)
    }
  }

  async #lookAtAll(crowd: Crowd): Promise<void> {
    const left = [...this.#sessions]
    const reader = async () => {
      for (let session = left.pop(); session; session = left.pop()) await visit(session, '/read', crowd)
    }
    await Promise.all(Array.from({ length: width }, reader))
  }

  /** Logs some out, and waits until their end handlers have run. */
  async #logOutSome({ fleet }: Crowd): Promise<void> {
    const ended = this.#sessions.filter((_, n) => n % logoutEvery === 0)
    this.#sessions = this.#sessions.filter((_, n) => n % logoutEvery !== 0)
    this.#loggedOut.push(...ended)
    for (const { cookie } of ended) await ask(`${fleet.urlOf(0)}/logout`, cookie)
    for (let waits = 0; waits < 100 && (await this.#ends()).length < this.#loggedOut.length; waits += 1)
      await pause(100)
    await pause(3_000) // a second handler would come with one of the next sweeps
  }

  /** All end handlers so far. */
  async #ends(): Promise<EndNote[]> {
    const lines = (await readFile(this.#journal, 'utf8')).split('\n').slice(0, -1)
    return lines.map((line) => JSON.parse(line))
  }

  #config(write: 'from' | 'to', fallback: 'from' | 'to'): ConfigInput {
    const { from, to } = this.#caches
    return {
      server: { port: 0 },
      caches: { from: { ...from, deadline: '20s' }, to: { ...to, deadline: '20s' } },
      applications: { shop: { session: { storage: { write, fallback }, cluster: true, timeout: '12h' } } },
    }
  }
}
