import { isSealed } from '../../config/checks/check.js'
import type { Directory } from '../../scopes/request/directory.js'
import type { ScopeKind } from '../../scopes/settings.js'
import { notFound, Refusal } from '../answer.js'
import type { Desk } from '../desk.js'
import type { OperatedApplication } from '../operated.js'

export const kinds = ['session', 'client'] as const

/** Throws a refusal, 404. */
export function applicationOf({ operated }: Desk, name = ''): OperatedApplication {
  const application = operated.applications.get(name)
  if (!application) throw notFound(`There is no application ${JSON.stringify(name)}.`)
  return application
}

/** Throws a refusal: 404 if there is no such scope, 409 if its records are in sealed cookies. */
export function directoryOf(desk: Desk, name: string | undefined, kind: ScopeKind): Directory<object> {
  const { config, directories } = applicationOf(desk, name)
  const [directory, scope] = [directories.get(kind), config[kind]]
  if (!directory || !scope) throw notFound(`The application ${name} has no scope ${kind}.`)
  if (!isSealed(desk.operated.config.caches, scope)) return directory
  throw new Refusal(
    409,
    'Not in a store',
    `The ${kind}s of ${name} are in the cookies of their visitors, so they cannot be listed, shown or ended here.`,
  )
}
