import { type Command, InvalidArgumentError } from 'commander'
import type { Config } from '../../config/config.js'
import type { ScopeKind } from '../../scopes/settings.js'
import type { FileFlags } from '../config-file.js'
import { UsageError } from '../usage-error.js'

/** The options of every command on records. */
export interface RecordFlags extends FileFlags {
  readonly application?: string
  readonly json?: true
}

export const takesApplication = (command: Command, fallback = 'the only one'): Command =>
  command.option('-a, --application <name>', `the application (default: ${fallback})`)

/** The application that is named, or the only one with this scope. Throws UsageError if there are several, or none. */
export function applicationIn({ applications, source }: Config, kind: ScopeKind, { application }: RecordFlags): string {
  if (application !== undefined) return application
  const [first, ...others] = applicationsWith(applications, kind)
  if (first === undefined) throw new UsageError(`No application in ${source} has a ${kind} scope.`)
  if (others.length === 0) return first
  throw new UsageError(
    `${source} has several applications. Name one with --application: ${[first, ...others].join(', ')}.`,
  )
}

export const applicationsWith = (applications: Config['applications'], kind: ScopeKind): readonly string[] =>
  [...applications.values()].flatMap((application) => (application[kind] ? [application.name] : []))

/** Reads an option that names something: a variable of a script that is not set must not pass for a name. */
export function name(text: string): string {
  if (text === '') throw new InvalidArgumentError('It is empty.')
  return text
}

/** Reads an option that is a whole number in this range. */
export const wholeNumber =
  (least: number, most: number) =>
  (text: string): number => {
    const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
    if (number >= least && number <= most) return number
    throw new InvalidArgumentError(`It is a whole number from ${least} to ${most}.`)
  }
