import { isSealing } from '../../drivers/definition.js'
import type { CacheConfig, Config } from '../config.js'
import { nearestWord } from '../nearest-word.js'
import { listed } from '../shown.js'
import { type Check, type CheckProblem, type DeclaredScope, declaredScopes, isSealed, type Subject } from './check.js'

/** What a key of a scope promises, and why a sealed cookie cannot keep it. */
const broken: Readonly<Record<string, string>> = {
  cluster: 'the record is neither in a store nor in the memory of a node, but in the cookie of its visitor',
  backup: 'each response carries the record itself, so there is nothing to back up',
  whenUnavailable: 'there is no store that could be unavailable',
  concurrency: 'nothing knows of parallel requests: the response that arrives last wins as a whole',
  touchInterval: 'a visit is noted by a fresh cookie, at most every min(timeout/10, 60 s)',
  firstTimeout: 'a visitor who does not come back leaves nothing behind',
  limit: 'nothing knows which sessions a principal has',
  endGrace: 'nothing notices that a record has expired, so no end handler waits for it',
  memory: 'no node keeps the record',
  remember: 'a copied cookie would open the session as long',
  transient: 'the next request of a visitor may come to another node, which does not have the values',
  carriers: 'only a cookie carries the record itself',
}

/** The most letters of name, path and domain together. With more, little is left for the record. */
const mostBesides = 1_024

/** Checks that no scope with a sealed cookie is promised what such a cookie cannot keep, and that its cache is complete. */
export const checkSealed: Check = function* (subject) {
  const { config } = subject
  for (const cache of config.caches.values()) yield* cacheProblems(cache, subject)
  for (const declared of declaredScopes(config)) {
    yield* immovable(declared, config)
    if (!isSealed(config.caches, declared.scope)) continue
    yield* brokenPromises(declared, subject)
    yield* cookieProblems(declared, config)
  }
}

function* cacheProblems({ driver, name, options }: CacheConfig, { config, cacheNames, isWritten }: Subject) {
  if (!isSealing(driver)) return
  const path = (key: string) => ['caches', name, key]
  if (isWritten(path('deadline')))
    yield {
      path: path('deadline'),
      problem: '{value} has no effect: there is no store to wait for.',
      remedy: 'Remove it.',
    }
  const { revocations } = driver.sealing(options)
  if (revocations === undefined) return
  const cache = config.caches.get(revocations)
  const because = [['caches', revocations]]
  const near = nearestWord(revocations, cacheNames)
  const remedy = `${near ? `Did you mean ${near}? ` : ''}Known caches: ${listed(cacheNames)}.`
  if (!cache) yield { path: path('revocations'), problem: 'There is no cache {value}.', remedy, because }
  else if (!cache.driver.capabilities(cache.options).objects)
    yield {
      path: path('revocations'),
      problem: `The cache {value} (${cache.driver.name}) cannot hold objects, and revocations are objects.`,
      remedy: 'Name a cache with another driver.',
      because,
    }
}

function* brokenPromises({ path, scope }: DeclaredScope, { isWritten }: Subject): Generator<CheckProblem> {
  const because = [[...path, 'storage']]
  for (const [key, why] of Object.entries(broken)) {
    const at = [...path, key]
    if (isWritten(at))
      yield { path: at, problem: `This cannot work with a sealed cookie: ${why}.`, remedy: 'Remove it.', because }
  }
  if (path.at(-1) === 'session' && scope.lifetimeMs === null)
    yield {
      path: [...path, 'lifetime'],
      problem: '{value} cannot work with a sealed cookie: a copied one would open the session for ever.',
      remedy: 'Write a length of time, as in lifetime: 12h',
      because,
    }
}

/** Sealed records are in no store, so they cannot move from one to another. */
function* immovable(
  { path, scope: { fallback, storage } }: DeclaredScope,
  { caches }: Config,
): Generator<CheckProblem> {
  if (fallback === undefined) return
  for (const [key, name] of [
    ['write', storage],
    ['fallback', fallback],
  ] as const)
    if (isSealed(caches, { storage: name }))
      yield {
        path: [...path, 'storage', key],
        problem: 'Records cannot move to or from {value}: sealed records are in the cookies of their visitors.',
        remedy: 'Name a cache that has a store.',
      }
}

function* cookieProblems({ path, scope }: DeclaredScope, config: Config): Generator<CheckProblem> {
  const { name, path: cookiePath, domain = '' } = scope.cookie
  const at = [...path, 'cookie', 'name']
  if (name.length + cookiePath.length + domain.length > mostBesides)
    yield {
      path: at,
      problem: 'The name, path and domain of this cookie leave too little room for the record in it.',
      remedy: 'Write shorter ones.',
    }
  if (scope.cookie.route !== undefined)
    yield {
      path: [...path, 'cookie', 'route'],
      problem: '{value} has no effect with a sealed cookie: any node opens it.',
      remedy: 'Remove it.',
    }
  if ([...declaredScopes(config)].some((other) => other.scope.cookie.name === `${name}.1`))
    yield {
      path: at,
      problem: `{value} can have a second cookie, ${name}.1, and another scope has a cookie of that name.`,
      remedy: 'Give one of them another name.',
    }
}
