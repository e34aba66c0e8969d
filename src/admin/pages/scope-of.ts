import type { Directory } from '../../scopes/request/directory.js'
import type { ScopeKind } from '../../scopes/settings.js'
import { notFound } from '../answer.js'
import type { Desk } from '../desk.js'
import type { OperatedApplication } from '../operated.js'

export const kinds = ['session', 'client'] as const

/** Throws a refusal, 404. */
export function applicationOf({ operated }: Desk, name = ''): OperatedApplication {
  const application = operated.applications.get(name)
  if (!application) throw notFound(`There is no application ${JSON.stringify(name)}.`)
  return application
}

/** Throws a refusal, 404. */
export function directoryOf(desk: Desk, name: string | undefined, kind: ScopeKind): Directory<unknown> {
  const directory = applicationOf(desk, name).directories.get(kind)
  if (!directory) throw notFound(`The application ${name} has no scope ${kind}.`)
  return directory
}
