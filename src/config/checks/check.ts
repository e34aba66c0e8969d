import type { ScopeKind } from '../../scopes/settings.js'
import type { ApplicationConfig, Config, ScopeConfig } from '../config.js'
import type { Mistake } from '../mistakes.js'
import type { Path } from '../path.js'

/** Looks at values together that are each right alone. */
export type Check = (subject: Subject) => Iterable<Finding>

export interface Subject {
  readonly config: Config
  /** The caches that are declared or built in, those with mistakes included. */
  readonly cacheNames: readonly string[]
  /** The applications whose definitions are given in code. */
  readonly inCode: readonly string[]
}

export interface Finding extends Mistake {
  /** Values it rests on: a mistake told of one of them takes its place. */
  readonly because?: readonly Path[]
}

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
