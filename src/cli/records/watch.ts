import { setTimeout } from 'node:timers/promises'
import type { Command } from 'commander'
import type { Stores } from '../../container/stores.js'
import type { ScopeKind } from '../../scopes/settings.js'
import { fileFrom, takesFile } from '../config-file.js'
import { Output } from '../terminal/output.js'
import { Screen } from '../terminal/screen.js'
import { untilSignal } from '../terminal/until-signal.js'
import { withStores } from '../with-stores.js'
import { applicationIn, applicationsWith, type RecordFlags, takesApplication, wholeNumber } from './chosen.js'
import { frameOf } from './frame.js'
import { eventsIn, type Observation, Observer, type WatchEvent } from './observation.js'

interface WatchFlags extends RecordFlags {
  readonly interval: number
}

const mostEvents = 200

const end = (kind: ScopeKind) => `
On a terminal it redraws counts, the newest logins and ends, and the caches until Ctrl-C. Elsewhere, and with --json, it writes a
line of JSON each time.
Cost: at each interval one count and one page of 500 records for each application, and one health check for each cache. With more
records, logins and ends show later: after a round over all of them. With more than 20,000 only the counts are shown.
Example: koa-scopes ${kind}s watch --interval 5`

export function addWatch(parent: Command, kind: ScopeKind): void {
  takesApplication(takesFile(parent.command('watch').description(`watch the ${kind}s of applications`)), 'all')
    .option('--interval <seconds>', 'how often to look, from 1 to 3600', wholeNumber(1, 3600), 2)
    .option('--json', 'write lines of JSON also on a terminal')
    .addHelpText('after', end(kind))
    .action((file: string | undefined, flags: WatchFlags) => watch(fileFrom(file, flags), kind, flags))
}

const watch = (file: string, kind: ScopeKind, flags: WatchFlags): Promise<void> =>
  withStores(file, async (stores) => {
    const output = new Output()
    const observer = new Observer(stores, kind, watched(stores, kind, flags))
    const stop = untilSignal()
    const observations = observed(observer, flags.interval * 1000, stop.signal)
    try {
      if (flags.json || !output.isTerminal) for await (const each of observations) await output.json(lineOf(each), 0)
      else await draw(output, observations)
    } finally {
      stop.forget()
    }
  })

function watched({ config }: Stores, kind: ScopeKind, flags: RecordFlags): readonly string[] {
  const all = applicationsWith(config.applications, kind)
  return flags.application === undefined && all.length > 0 ? all : [applicationIn(config, kind, flags)]
}

/** An observation now, and one after each interval, until the signal aborts. */
async function* observed(observer: Observer, intervalMs: number, signal: AbortSignal): AsyncGenerator<Observation> {
  while (!signal.aborted) {
    const observation = await observer.observe()
    if (signal.aborted) return
    yield observation
    await setTimeout(intervalMs, undefined, { signal }).catch(() => {}) // aborted: the loop ends
  }
}

async function draw(output: Output, observations: AsyncIterable<Observation>): Promise<void> {
  const screen = new Screen(output)
  let events: readonly WatchEvent[] = []
  let last: Observation | undefined
  const redraw = () => last && screen.draw(frameOf(last, events, output))
  const forget = output.onResize(() => void redraw()?.catch(() => {})) // a closed terminal is found by the next draw
  try {
    for await (const observation of observations) {
      last = observation
      events = [...eventsIn(observation), ...events].slice(0, mostEvents)
      await redraw()
    }
  } finally {
    forget()
    screen.restore()
  }
}

const lineOf = (observation: Observation): object => {
  const { applications, at, caches, scope } = observation
  return {
    at,
    scope,
    applications: applications.map(({ application, look, problem }) => ({
      application,
      ...(look && { count: look.count, isFollowed: look.isFollowed }),
      ...(problem !== undefined && { problem }),
    })),
    events: eventsIn(observation).map(({ application, event, id, principal }) => ({
      event,
      application,
      id,
      principal,
    })),
    caches: caches.map(({ health, name, problem, status }) => ({
      name,
      status,
      ...(health && { latencyMs: health.latencyMs }),
      ...(problem !== undefined && { problem }),
    })),
  }
}
