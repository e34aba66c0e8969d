import type { Operator } from './access/access.js'
import type { Answer } from './answer.js'

type Method = 'GET' | 'POST' | 'DELETE'

/** A request of an operator. */
export interface Visit {
  readonly operator: Operator
  /** The parts of the path that the route names. */
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
}

export interface Route {
  readonly method: Method
  /** With names for its variable parts, as in `/caches/:cache`. */
  readonly path: string
  readonly answer: (visit: Visit) => Answer | Promise<Answer>
}

/** The route for a path with the values of its variable parts. `methods`: those that the path has routes for. */
export function routeFor(routes: readonly Route[], method: string, path: string) {
  const parts = partsOf(path)
  const there = routes.flatMap((route) => {
    const params = parts && paramsOf(partsOf(route.path) ?? [], parts)
    return params ? [{ route, params }] : []
  })
  return { found: there.find(({ route }) => route.method === method), methods: there.map(({ route }) => route.method) }
}

function paramsOf(pattern: readonly string[], parts: readonly string[]): Record<string, string> | undefined {
  if (pattern.length !== parts.length) return undefined
  const params: Record<string, string> = Object.create(null)
  for (const [index, part] of pattern.entries()) {
    const given = parts[index] ?? ''
    if (part.startsWith(':')) params[part.slice(1)] = given
    else if (part !== given) return undefined
  }
  return params
}

/** undefined if something in the path is not encoded as it should be. */
function partsOf(path: string): string[] | undefined {
  try {
    return path.split('/').slice(1).map(decodeURIComponent)
  } catch {
    return undefined
  }
}
