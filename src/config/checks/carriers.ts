import type { Path } from '../path.js'
import { answerOf } from '../schema/carriers.js'
import { type Check, declaredScopes } from './check.js'

/** Checks that no two scopes of one application are carried by the same header. */
export const checkCarriers: Check = function* ({ config }) {
  const seen = new Map<string, Path>()
  for (const { application, scope, path } of declaredScopes(config)) {
    if (scope.cookie.route !== undefined && !scope.carriers.some(({ kind }) => kind === 'cookie'))
      yield {
        path: [...path, 'cookie', 'route'],
        problem: '{value} has no effect: no cookie carries this scope.',
        remedy: 'Remove it, or add cookie to the carriers.',
        because: [[...path, 'carriers']],
      }
    for (const [index, carrier] of scope.carriers.entries()) {
      if (carrier.kind === 'cookie') continue
      const key = JSON.stringify([application.name, answerOf(carrier.name)])
      const holder = seen.get(key)
      const place = [...path, 'carriers', index, 'header']
      if (!holder) seen.set(key, place)
      else
        yield {
          path: place,
          problem: '{value} already carries the other scope of this application.',
          remedy: 'Give each scope a header of its own.',
          because: [holder],
        }
    }
  }
}
