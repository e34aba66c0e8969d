/**
 * A node in a process of its own. argv[2] is a ShopSetup as JSON; what requests do is said by their query (see
 * shop-steps.ts), and messages from the parent open its gates and move its time.
 */

import type { ConfigInput } from '../../src/config/load.js'
import { createContainer } from '../../src/container/create-container.js'
import type { ScopeEventMap } from '../../src/scopes/events.js'
import { silentLogger } from '../../src/support/logger.js'
import { Gate } from './gate.js'
import { type ShopVersion, typesOf } from './money.js'
import { serveInProcess } from './serve-in-process.js'
import type { OpenScopes } from './shop.js'
import { shopApplication } from './shop-application.js'
import type { ShopFloor, ToldEvent } from './shop-steps.js'
import { TravellingClock } from './travelling-clock.js'
import { travellingDrivers } from './travelling-drivers.js'

export interface ShopSetup {
  /** What the journal calls this node. */
  readonly name: string
  /** Without modules: every application in it is the shop. */
  readonly config: ConfigInput
  /** The applications that note in a new session where it was started, and how often. */
  readonly greeting?: readonly string[] | undefined
  /** A file that gets a line, a JournalEntry, when an end handler begins. */
  readonly journal?: string
  /** The gate at which end handlers wait, once they have written their line. */
  readonly endsWaitAt?: string
  /** The gate at which applications wait before they are started. */
  readonly startsWaitAt?: string
  /** What it knows of the class Money; `old` by default. */
  readonly version?: ShopVersion
  /** How much more time has passed, in milliseconds, than really has; in the store too. */
  readonly ahead?: number
  /** How far its clock is wrong, in milliseconds. */
  readonly skew?: number
}

export interface JournalEntry {
  readonly node: string
  readonly application: string
  readonly scope: 'session' | 'client'
  readonly data: Record<string, unknown>
  readonly reason: string
  readonly attempt: number
}

/** `jump` and `advance` are those of TravellingClock; they are answered. */
export type ToServer = { readonly open: string } | { readonly jump: number } | { readonly advance: number }
export type FromServer = { readonly listens: string } | { readonly reached: string } | { readonly moved: true }

const setup: ShopSetup = JSON.parse(process.argv[2] ?? '')
const { config, version, ahead = 0, skew = 0 } = setup
const clock = new TravellingClock(ahead + skew)
const tell = (message: FromServer) => process.send?.(message)

const gates = new Map<string, Gate>()
function gate(name: string): Gate {
  const present = gates.get(name)
  if (present) return present
  const created = new Gate()
  void created.reached.then(() => tell({ reached: name }))
  gates.set(name, created)
  return created
}

const names = Object.keys(config.applications ?? {})
const container = await createContainer(
  { ...config, server: { port: 0, ...config.server } },
  {
    applications: Object.fromEntries(
      names.map((name) => [name, shopApplication(name, setup, () => floorOf(name), gate)]),
    ),
    drivers: travellingDrivers(clock, skew),
    types: typesOf(version),
    clock,
    logger: silentLogger,
  },
)

const eventNames: readonly (keyof ScopeEventMap)[] = [
  'session:start',
  'session:rotate',
  'session:end',
  'session:dead-letter',
  'client:end',
  'scope:lost',
  'scope:undecodable',
  'storage:unavailable',
  'storage:available',
]

const told = new Map<string, ToldEvent[]>(names.map((name) => [name, []]))
for (const [name, heard] of told) {
  const { events } = container.application(name)
  for (const event of eventNames)
    events.on<never>(event as never, ((what: unknown) => void heard.push({ event, what })) as never)
}

function floorOf(name: string): ShopFloor {
  return { app: container.application<OpenScopes>(name), told: told.get(name) ?? [], gate }
}

process.on('message', (message: ToServer) => {
  if ('open' in message) return gate(message.open).open()
  if ('jump' in message) clock.jump(message.jump)
  else clock.advance(message.advance)
  tell({ moved: true })
})
await serveInProcess(container, tell)
