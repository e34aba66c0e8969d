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
const longMs = 2 ** 31 - 1

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
  const within = <T>(task: Promise<T>) => inTime(clock, shutdownMs, task)
  const done = within(inFlight.close())
  connections.shutDown()
  const cutOff = (await (await server)?.close(clock, shutdownMs)) ?? 0
  await done
  if (cutOff > 0) log.warn({ requests: cutOff }, 'requests were cut off by the shutdown')
  const backlogs = scopes.flatMap(({ strategy }) => strategy.backlog ?? [])
  await within(Promise.all(scopes.map((scope) => scope.stop())))
  for (const backlog of backlogs) backlog.close()
  // Neither the clock nor a store without a connection keeps the process alive.
  const alive = setInterval(() => {}, longMs)
  const timeIsUp = new AbortController()
  await within(Promise.all(backlogs.map((backlog) => flushed(backlog, clock, timeIsUp.signal))))
  timeIsUp.abort()
  clearInterval(alive)
  for (const { kind, strategy } of scopes) {
    const records = strategy.backlog?.unsaved ?? 0
    if (records > 0) log.error({ scope: kind, records }, 'records could not be backed up before the shutdown')
  }
  for (const backlog of backlogs) backlog.stop()
  await within(Promise.all(applications.map((app) => app.stop())))
}

/** Tries again what the store does not take, until `signal`: it may be back in time. */
async function flushed(backlog: Backlog, clock: Clock, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && (await backlog.flush()) > 0) await wait(clock, retryMs, signal)
}

/** Waits for a task for at most `ms`; undefined if the time ran out first. */
function inTime<T>(clock: Clock, ms: number, task: Promise<T>): Promise<T | undefined> {
  const timeIsUp = new AbortController()
  const deadline = wait(clock, ms, timeIsUp.signal).then(() => undefined)
  return Promise.race([task, deadline]).finally(() => timeIsUp.abort())
}
