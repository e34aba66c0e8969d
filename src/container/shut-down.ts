import type { Server } from '../http/server.js'
import type { ScopedApplication } from '../koa/application.js'
import type { Connections } from '../scopes/connections/connections.js'
import type { InFlight } from '../scopes/in-flight.js'
import type { Backlog } from '../scopes/record/strategy.js'
import type { Scope } from '../scopes/scope.js'
import { type Clock, wait } from '../support/clock.js'
import type { Logger } from '../support/logger.js'

export interface Draining {
  /** undefined if the container does not listen, or could not. */
  readonly server: Promise<Server | undefined> | undefined
  /** How long it goes on serving. */
  readonly drainMs: number
  readonly clock: Clock
}

/** Goes on serving, with answers that close their connections, until load balancers have noticed that this node is not ready. */
export async function drain({ clock, drainMs, server }: Draining): Promise<void> {
  ;(await server)?.drain()
  await wait(clock, drainMs)
}

/** The pause before records that could not be saved are tried again. */
const retryMs = 250

export interface ShuttingDown extends Pick<Draining, 'clock' | 'server'> {
  readonly applications: readonly ScopedApplication[]
  readonly connections: Connections
  readonly inFlight: InFlight
  readonly scopes: readonly Scope[]
  /** The longest time that each step may take. */
  readonly shutdownMs: number
  readonly log: Logger
}

/** Stops everything of a container except its caches, in order. */
export async function shutDown(parts: ShuttingDown): Promise<void> {
  const { applications, clock, connections, inFlight, log, scopes, server, shutdownMs } = parts
  const within = (task: Task) => inTime(clock, shutdownMs, task)
  const done = within(() => inFlight.close())
  connections.shutDown()
  const cutOff = (await (await server)?.close(clock, shutdownMs)) ?? 0
  await done
  if (cutOff > 0) log.warn({ requests: cutOff }, 'requests were cut off by the shutdown')
  const backlogs = scopes.flatMap(({ strategy }) => strategy.backlog ?? [])
  await within(() => Promise.all(scopes.map((scope) => scope.upkeep?.stop())))
  for (const backlog of backlogs) backlog.close()
  // Neither the clock nor a store without a connection keeps the process alive.
  const awake = setInterval(() => {}, 60_000)
  await within((isOver) => Promise.all(backlogs.map((backlog) => flushed(backlog, clock, isOver))))
  clearInterval(awake)
  for (const { kind, strategy } of scopes) {
    const records = strategy.backlog?.unsaved ?? 0
    if (records > 0) log.error({ scope: kind, records }, 'records could not be backed up before the shutdown')
  }
  for (const backlog of backlogs) backlog.stop()
  await within(() => Promise.all(applications.map((app) => app.stop())))
}

/** Tries again what the store does not take, until the time is over: it may be back before. */
async function flushed(backlog: Backlog, clock: Clock, isOver: AbortSignal): Promise<void> {
  while (!isOver.aborted && (await backlog.flush()) > 0) await wait(clock, retryMs, isOver)
}

/** `isOver` is aborted when nobody waits for the task any longer. */
type Task = (isOver: AbortSignal) => Promise<unknown>

/** Waits for a task for at most `ms`. */
async function inTime(clock: Clock, ms: number, task: Task): Promise<void> {
  const over = new AbortController()
  await Promise.race([task(over.signal), wait(clock, ms, over.signal)]).finally(() => over.abort())
}
