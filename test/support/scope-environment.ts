import { createCodec } from '../../src/codec/create.js'
import { MemoryDriver } from '../../src/drivers/memory/driver.js'
import { memory } from '../../src/drivers/memory/index.js'
import type { ScopeEnvironment } from '../../src/scopes/environment.js'
import type { Emit } from '../../src/scopes/events.js'
import { InFlight } from '../../src/scopes/in-flight.js'
import { versionMaker } from '../../src/scopes/record/version.js'
import type { ScopeSettings } from '../../src/scopes/settings.js'
import type { Space } from '../../src/storage/contract.js'
import { Availability } from '../../src/storage/guard/availability.js'
import { silentLogger } from '../../src/support/logger.js'
import { ManualClock } from '../../src/testing/manual-clock.js'

const minute = 60_000

const scopeSettings: ScopeSettings = {
  storage: 'store',
  cluster: true,
  timeoutMs: 30 * minute,
  lifetimeMs: null,
  backup: 'response',
  whenUnavailable: 'local',
  transient: [],
  onUndecodable: 'drop',
  reportLateChanges: true,
  endGraceMs: 7 * 24 * 60 * minute,
  memoryBytes: 2 ** 26,
  maxSizeBytes: 2 ** 22,
  concurrency: 'merge',
  touchIntervalMs: 0,
}

/** Records in memory, without a container around them. */
export function memorySpace(): Space {
  const options = memory.options.parse({})
  const capabilities = memory.capabilities(options)
  const driver = new MemoryDriver(capabilities, options, { cache: 'store', directory: '.', onEvicted() {} })
  return driver.space('shop:session')
}

/** Keeps what is emitted, in order. */
export function recordEvents(): { readonly events: [name: string, what: object][]; readonly emit: Emit } {
  const events: [string, object][] = []
  return { events, emit: (name, what) => void events.push([name, what]) }
}

interface Peculiarities extends Partial<Omit<ScopeEnvironment, 'settings'>> {
  readonly settings?: Partial<ScopeSettings>
}

/** The session scope of an application as one node has it: what matters to a test is given, the rest is usual. */
export function scopeEnvironment({ settings, ...peculiar }: Peculiarities = {}): ScopeEnvironment {
  const { clock = new ManualClock() } = peculiar
  return {
    application: 'shop',
    kind: 'session',
    settings: { ...scopeSettings, ...settings },
    space: memorySpace(),
    codec: createCodec(),
    clock,
    availability: new Availability(clock),
    asksEachRequest: false,
    log: silentLogger,
    emit() {},
    inFlight: new InFlight(),
    keepsEmpty: false,
    newVersion: versionMaker(),
    ...peculiar,
  }
}
