import type { ScopeConfig } from '../config/config.js'
import { loadConfig } from '../config/load.js'
import { type MovePlan, moveRecords } from '../container/move.js'
import { builtInDrivers } from '../drivers/registry.js'
import type { ScopeKind } from '../scopes/settings.js'
import type { MoveReport } from '../storage/moving/move-all.js'
import { grouped, ProgressBar } from './progress-bar.js'
import { UsageError } from './usage-error.js'

export interface MoveFlags {
  readonly application?: string | undefined
  /** session, client or all (default). */
  readonly scope?: string | undefined
  readonly from?: string | undefined
  readonly to?: string | undefined
  /** Records a second. */
  readonly limitRate?: string | undefined
  readonly dryRun?: true | undefined
  readonly offline?: true | undefined
  readonly verify: boolean
  readonly json?: true | undefined
}

interface Result extends MoveReport {
  readonly application: string
  readonly scope: ScopeKind
  readonly from: string
  readonly to: string
  readonly isDryRun: boolean
  readonly seconds: number
}

/**
 * Moves the records of an application from one cache to another and prints the result. True if nothing is left to do. SIGINT
 * and SIGTERM stop it after the records under way; run again, it goes on. Throws ConfigError, ScopesError, UsageError.
 */
export async function move(file: string, flags: MoveFlags): Promise<boolean> {
  const { application, from, scopes, to, ...options } = planOf(flags)
  const config = await loadConfig(file, { drivers: builtInDrivers, mayBeInCode: true, loadsNoModule: true })
  const chosen =
    scopes ?? kinds.filter((kind) => mayMove(config.applications.get(application)?.[kind], from, to, flags))
  const stop = new AbortController()
  const interrupt = () => stop.abort()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, interrupt)
  // Waiting for the next move at a limited rate keeps no process alive.
  const awake = setInterval(() => {}, 60_000)
  const results: Result[] = []
  try {
    for (const scope of chosen.length > 0 ? chosen : kinds) {
      if (stop.signal.aborted) break
      results.push(await moveOne(config, { application, from, scope, to, ...options, signal: stop.signal }))
    }
  } finally {
    clearInterval(awake)
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, interrupt)
  }
  process.stdout.write(flags.json ? `${JSON.stringify(results, null, 2)}\n` : results.map(textOf).join('\n'))
  return results.every(isComplete)
}

const kinds: readonly ScopeKind[] = ['session', 'client']

/** Whether `--scope all` means this scope: its records move this way, or no node runs. */
function mayMove(scope: ScopeConfig | undefined, from: string, to: string, { offline }: MoveFlags): boolean {
  if (!scope || offline) return scope !== undefined
  return scope.storage === to && scope.fallback === from
}

async function moveOne(config: Parameters<typeof moveRecords>[0], plan: MovePlan): Promise<Result> {
  const bar = new ProgressBar(process.stderr)
  const startedAt = performance.now()
  try {
    const report = await moveRecords(config, { ...plan, onProgress: (progress) => bar.show(progress) })
    const { application, from, isDryRun = false, scope, to } = plan
    const seconds = Math.round(performance.now() - startedAt) / 1_000
    return { application, scope, from, to, isDryRun, ...report, seconds }
  } finally {
    bar.clear()
  }
}

function planOf(flags: MoveFlags) {
  const { application, from, scope = 'all', to } = flags
  if (application === undefined) throw new UsageError('move needs --application, as in: --application shop')
  if (from === undefined || to === undefined)
    throw new UsageError('move needs two caches, as in: --from embedded --to shared')
  const kind = kinds.find((kind) => kind === scope)
  if (!kind && scope !== 'all') throw new UsageError(`--scope is session, client or all, not ${scope}.`)
  const { dryRun = false, limitRate: rate, offline = false, verify } = flags
  if (rate !== undefined && !(Number(rate) > 0))
    throw new UsageError(`--limit-rate is a number of records a second, not ${rate}.`)
  return {
    application,
    from,
    to,
    ...(kind && { scopes: [kind] }),
    ...(rate !== undefined && { limitRate: Number(rate) }),
    isDryRun: dryRun,
    isOffline: offline,
    verifies: verify,
  }
}

/** A dry run has nothing to do. */
const isComplete = ({ held, isDryRun, isInterrupted, left, verified }: Result): boolean =>
  isDryRun || (!isInterrupted && held === 0 && left === 0 && (verified?.differing.length ?? 0) === 0)

function textOf(result: Result): string {
  const { application, from, gone, held, isDryRun, isInterrupted, left, moved, scope, seconds, to, total } = result
  const what = `${application} ${scope}`
  if (isDryRun) return `${what}: ${records(total)} would move from ${from} to ${to}. Nothing was changed.\n`
  const rate = Math.round((moved + gone) / Math.max(seconds, 0.001))
  return [
    `${what}: ${records(moved)} moved from ${from} to ${to} in ${seconds} s, ${grouped(rate)}/s.`,
    ...(gone > 0
      ? [`  Gone when it was their turn, because nodes had moved them, or they had ended: ${grouped(gone)}.`]
      : []),
    ...(held > 0
      ? [`  Still in ${from}, because handlers had them locked all the time: ${grouped(held)}. Run the command again.`]
      : []),
    ...(isInterrupted ? [`  Interrupted. Left in ${from}: ${grouped(left)}. Run the command again to go on.`] : []),
    ...(!isInterrupted && left > held ? [`  In ${from} now, because nodes still write there: ${grouped(left)}.`] : []),
    ...waitingLines(result),
    ...verdictLines(result),
    '',
  ].join('\n')
}

const waitingLines = ({ from, waiting }: Result): string[] =>
  waiting === 0
    ? []
    : [
        `  Ended, and waiting in ${from} for their end handlers: ${grouped(waiting)}. Let nodes run with this fallback until they are done.`,
      ]

function verdictLines({ verified }: Result): string[] {
  if (!verified) return []
  const { changed, compared, differing, ended } = verified
  const asides = [...(changed > 0 ? [`${changed} visited since`] : []), ...(ended > 0 ? [`${ended} ended since`] : [])]
  const equal = compared - differing.length
  return [
    `  Compared ${grouped(compared)} of them: ${grouped(equal)} arrived as they were${asides.length > 0 ? ` (${asides.join(', ')})` : ''}.`,
    ...(differing.length > 0 ? [`  DIFFERENT: ${differing.join(' ')}`] : []),
  ]
}

const records = (count: number): string => `${grouped(count)} ${count === 1 ? 'record' : 'records'}`
