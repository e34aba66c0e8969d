import { isSealing } from '../../drivers/definition.js'
import type { ScopeKind } from '../../scopes/settings.js'
import type { ApplicationConfig, Config, ScopeConfig } from '../config.js'
import type { Path } from '../path.js'
import type { Problem } from '../problems.js'

/** A check of values that are each valid alone but may not fit together. */
export type Check = (subject: Subject) => Iterable<CheckProblem>

export interface Subject {
  readonly config: Config
  /** The caches that are declared or built in, those with problems included. */
  readonly cacheNames: readonly string[]
  /** The names of the applications whose definitions are given in code. */
  readonly inCode: readonly string[]
  /** An application without a module is no problem. */
  readonly mayBeInCode: boolean
  /** Modules are not looked for. */
  readonly loadsNoModule: boolean
  /** Whether the configuration has a value on this path, which is not a default. */
  readonly isWritten: (path: Path) => boolean
  /** Whether the value on this path comes from a variable, so that it may be another one elsewhere. */
  readonly hasReference: (path: Path) => boolean
}

export interface CheckProblem extends Problem {
  /** Paths of the values it follows from. If one of them has a problem already, this one is not reported. */
  readonly because?: readonly Path[]
}

/** A scope of an application; `path` is where it is declared. */
export interface DeclaredScope {
  readonly application: ApplicationConfig
  readonly scope: ScopeConfig
  readonly path: Path
}

export function* declaredScopes({ applications }: Config): Generator<DeclaredScope> {
  const kinds: readonly ScopeKind[] = ['session', 'client']
  for (const application of applications.values()) {
    for (const kind of kinds) {
      const scope = application[kind]
      if (scope) yield { application, scope, path: ['applications', application.name, kind] }
    }
  }
}

/** Whether the records of a scope are sealed in the cookies of their visitors. */
export function isSealed(caches: Config['caches'], { storage }: Pick<ScopeConfig, 'storage'>): boolean {
  const driver = caches.get(storage)?.driver
  return driver !== undefined && isSealing(driver)
}
