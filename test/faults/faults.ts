import { setTimeout as pause } from 'node:timers/promises'
import { Canary } from './canary.js'
import type { Forgotten } from './checker.js'
import type { Operation } from './operation.js'
import { oneOf } from './random.js'
import { onlyServer, type Replicated, type Topology } from './topology.js'
import { deadlineMs, type World } from './world.js'

/** Something that goes wrong, and ends. */
export interface Fault<T extends Topology> {
  readonly title: string
  /** What goes on all the while. */
  readonly spared: readonly Operation['kind'][]
  /** Where it can happen. Faults with the same function may share a world. */
  start(): Promise<T>
  /** Resolves when it has healed. */
  strike(world: World<T>, random: () => number): Promise<Healed>
  /** Replaces what the store did without to heal, when the visitors have left. */
  mend?(world: World<T>): Promise<void>
}

interface Healed {
  /** By `performance.now()`. */
  readonly at: number
  readonly forgotten?: Forgotten
}

type Strike<T extends Topology> = (world: World<T>, random: () => number) => Promise<unknown>

export const strikeMs = 1_300

/** A fault of a store that is one server, with a proxy before each node. */
export const onOneServer =
  <T extends Topology>(start: () => Promise<T>) =>
  (title: string, strike: Strike<T>, spared: Fault<T>['spared'] = []): Fault<T> => ({
    title,
    spared,
    start,
    async strike(world, random) {
      await strike(world, random)
      return { at: performance.now() }
    },
  })

/**
 * The faults that every store knows. `name`: of the server; `replies`: texts of requests, by which those are found whose replies
 * are cut.
 */
export function commonFaults<T extends Topology>(start: () => Promise<T>, name: string, replies: readonly string[]) {
  const fault = onOneServer(start)
  return {
    'cut-reply': fault('replies cut in the middle, again and again', ({ proxies }, random) =>
      repeatedly(100, async () =>
        oneOf(proxies, random)
          .catchReply(oneOf(replies, random))
          .cut(1 + Math.floor(random() * 20)),
      ),
    ),
    cut: fault('all connections cut, again and again', ({ proxies }) =>
      repeatedly(300, async () => {
        for (const proxy of proxies) proxy.cut()
      }),
    ),
    delay: fault('slow lines, one of them slower than the deadline', async ({ proxies: [a, b, c] }) => {
      a?.delay(50)
      b?.delay(100)
      c?.delay(deadlineMs)
      await pause(strikeMs)
      for (const proxy of [a, b, c]) proxy?.heal()
    }),
    blackhole: fault('lines that hold back everything, and deliver it late', async ({ proxies }) => {
      for (const proxy of proxies) proxy.blackhole()
      await pause(strikeMs)
      for (const proxy of proxies) proxy.heal()
    }),
    stop: fault(`${name} is suspended (SIGSTOP, SIGCONT)`, async ({ store }) => {
      await onlyServer(store).pause()
      await pause(strikeMs)
      await onlyServer(store).resume()
    }),
    kill: fault(`${name} is killed (SIGKILL) and started again`, async ({ store }) => {
      await onlyServer(store).kill()
      await pause(500)
      await onlyServer(store).start()
    }),
    'node-kill': fault('a node is killed (SIGKILL) and started again', async (world, random) => {
      const node = Math.floor(random() * world.urls.length)
      await world.killNode(node)
      await pause(500)
      await world.startNode(node)
    }),
  }
}

/** A fault of a store of several servers; healed when another one has taken over. */
export const failover = (title: string, start: () => Promise<Replicated>): Fault<Replicated> => ({
  title,
  spared: [],
  start,
  async strike({ store }, random) {
    const { master, register, successor, revive } = await store.victim(random)
    const canary = new Canary(await register(master))
    await canary.start()
    await pause(random() * 200)
    await master.kill()
    const heir = await successor()
    const at = performance.now()
    const forgotten = await canary.forgottenBy(await register(heir))
    await revive()
    return { at, forgotten }
  },
})

export async function repeatedly(everyMs: number, act: () => Promise<unknown>): Promise<void> {
  for (let left = strikeMs; left > 0; left -= everyMs) {
    await act()
    await pause(everyMs)
  }
}
