import { isSealed } from '../../config/checks/check.js'
import type { ScopeConfig } from '../../config/config.js'
import type { ScopeKind } from '../../scopes/settings.js'
import type { Operated } from '../operated.js'

/** A declared scope of an application. */
export interface OperatedScopeConfig {
  readonly application: string
  readonly kind: ScopeKind
  readonly config: ScopeConfig
  /** Its records are in the cookies of its visitors. */
  readonly isSealed: boolean
}

export const scopesOf = ({
  config: { applications, caches },
}: Pick<Operated, 'config'>): readonly OperatedScopeConfig[] =>
  [...applications.values()].flatMap((application) =>
    (['session', 'client'] as const).flatMap((kind) => {
      const config = application[kind]
      return config ? [{ application: application.name, kind, config, isSealed: isSealed(caches, config) }] : []
    }),
  )
