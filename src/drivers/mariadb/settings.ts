import { Unfit } from './failure.js'
import type { Row } from './line.js'

/** The settings of a server by their names. */
export type Settings = ReadonlyMap<string, string>

/** The oldest versions that have `for update skip locked` and, in MySQL, a stable order of prepared statements. */
const oldestMariadb = [10, 6] as const
const oldestMysql = [8, 0] as const
/** After this time the server gives up a session whose process has vanished, with its locks. Heartbeats keep the others. */
const idleSeconds = 60

export const settingsOf = (rows: readonly Row[]): Settings =>
  new Map(rows.map(({ Variable_name, Value }) => [String(Variable_name), String(Value)]))

export const isOn = (settings: Settings, name: string): boolean => /^(ON|1)$/i.test(settings.get(name) ?? '')

export const isMariadb = (settings: Settings): boolean => /mariadb/i.test(settings.get('version') ?? '')

/** Throws Unfit if the server must not be used. */
export function checkFitness(settings: Settings): void {
  const version = settings.get('version') ?? ''
  if (isTooOld(settings)) {
    const reason = `version ${version} is too old`
    throw new Unfit(reason, 'Use MariaDB 10.6 or later, or MySQL 8.0.19 or later.')
  }
  if (['read_only', 'super_read_only', 'innodb_read_only'].some((name) => isOn(settings, name)))
    throw new Unfit('the server is read-only, so it is a replica, or was demoted to one')
  if (isOn(settings, 'log_bin') && settings.get('binlog_format') === 'STATEMENT')
    throw new Unfit(
      'binlog_format is STATEMENT',
      'Set binlog_format to MIXED or ROW: this driver reads committed rows.',
    )
}

function isTooOld(settings: Settings): boolean {
  const [major = 0, minor = 0] = (settings.get('version') ?? '').split('.').map(Number)
  const oldest = isMariadb(settings) ? oldestMariadb : oldestMysql
  return major < oldest[0] || (major === oldest[0] && minor < oldest[1])
}

/**
 * The settings of a session. Without autocommit, a statement behind one that has undone the transaction begins another
 * transaction: nothing is ever committed by itself. The time zone makes `sysdate` independent of summer time.
 */
export function sessionStatements(settings: Settings): readonly string[] {
  const all = [
    "sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'",
    "time_zone = '+00:00'",
    'autocommit = 0',
    'innodb_lock_wait_timeout = 1',
    'lock_wait_timeout = 2',
    `wait_timeout = ${idleSeconds}`,
    isMariadb(settings) ? 'max_statement_time = 0' : 'max_execution_time = 0',
    ...(isOn(settings, 'wsrep_on') ? ['wsrep_sync_wait = 7'] : []),
  ]
  return ['set session transaction isolation level read committed', `set session ${all.join(', ')}`]
}
