import { declaredScopes, isSealed } from '../config/checks/check.js'
import type { Config } from '../config/config.js'
import type { Problem } from '../config/problems.js'
import type { ApplicationDefinition } from '../koa/define-application.js'

/** The applications that define an end handler for sealed records without saying that they know when it runs. */
export function* unkeptEnds(
  config: Config,
  definitions: ReadonlyMap<string, ApplicationDefinition>,
): Generator<Problem> {
  for (const { application, path, scope } of declaredScopes(config)) {
    const handler = path.at(-1) === 'session' ? 'onSessionEnd' : 'onClientEnd'
    if (!definitions.get(application.name)?.[handler] || scope.endEvents || !isSealed(config.caches, scope)) continue
    yield {
      path: [...path, 'storage'],
      problem: `The application defines ${handler}, which cannot run when a sealed record expires: nothing notices that.`,
      remedy: 'Write endEvents: explicit if it need run at invalidate() only, or store the scope in another cache.',
    }
  }
}
