import type { CacheConfig, Config } from '../config.js'
import { nearestWord } from '../nearest-word.js'
import type { Path } from '../path.js'
import { listed } from '../shown.js'
import { type Check, type CheckProblem, type DeclaredScope, declaredScopes } from './check.js'

/** Checks that the caches of each scope exist, may hold scopes, can be reached by the nodes that share them, and have locks if needed. */
export const checkStorage: Check = function* ({ config, cacheNames }) {
  for (const declared of declaredScopes(config)) {
    const { scope, path } = declared
    for (const { name, at } of storesOf(declared)) {
      const cache = config.caches.get(name)
      if (!cache) yield unknownCache(name, at, cacheNames)
      else if (!cache.storage) yield objectCache(config, cache, at)
      else if (scope.cluster && capabilitiesOf(cache).reach === 'process') yield unreachable(config, cache, path)
      else if (scope.locks && !capabilitiesOf(cache).locks) yield withoutLocks(cache, path)
    }
    if (scope.fallback === scope.storage)
      yield {
        path: [...path, 'storage', 'fallback'],
        problem: '{value} is also the cache to which the records move.',
        remedy: 'Name the cache that they come from; or, if they have moved already, write its name alone.',
        because: [[...path, 'storage', 'write']],
      }
  }
}

/** The caches of a scope: one, or two while its records move. */
function storesOf({ path, scope: { fallback, storage } }: DeclaredScope): { name: string; at: Path }[] {
  const at = [...path, 'storage']
  if (fallback === undefined) return [{ name: storage, at }]
  return [
    { name: storage, at: [...at, 'write'] },
    { name: fallback, at: [...at, 'fallback'] },
  ]
}

function unknownCache(name: string, path: Path, cacheNames: readonly string[]): CheckProblem {
  const near = nearestWord(name, cacheNames)
  return {
    path,
    problem: 'There is no cache {value}.',
    remedy: `${near ? `Did you mean ${near}? ` : ''}Known caches: ${listed(cacheNames)}.`,
    because: [['caches', name]],
  }
}

function objectCache({ caches }: Config, { name }: CacheConfig, path: Path): CheckProblem {
  const others = listed(namesOf(caches, ({ storage }) => storage))
  return {
    path,
    problem: `The cache ${name} may not hold scopes.`,
    remedy: `Add storage: true to it${others && `, or use a cache that has it: ${others}`}.`,
    because: [['caches', name, 'storage']],
  }
}

function unreachable({ caches }: Config, { name, driver }: CacheConfig, path: Path): CheckProblem {
  const isShared = (cache: CacheConfig) => cache.storage && capabilitiesOf(cache).reach !== 'process'
  const others = listed(namesOf(caches, isShared))
  return {
    path: [...path, 'cluster'],
    problem: `No other node can reach the cache ${name} (${driver.name}), so cluster: true cannot work.`,
    remedy: `Write cluster: false, or store the scope in a cache that is shared${others && `: ${others}`}.`,
    because: [
      [...path, 'storage'],
      ['caches', name, 'driver'],
    ],
  }
}

function withoutLocks({ name, driver }: CacheConfig, path: Path): CheckProblem {
  return {
    path: [...path, 'locks'],
    problem: `The driver of the cache ${name} (${driver.name}) has no locks.`,
    remedy: 'Store the scope in a cache whose driver has locks, or remove locks: true.',
    because: [
      [...path, 'storage'],
      ['caches', name, 'driver'],
    ],
  }
}

const capabilitiesOf = ({ driver, options }: CacheConfig) => driver.capabilities(options)

/** One after the other, so that a long list costs no more than what is shown of it. */
function* namesOf(caches: Config['caches'], isOne: (cache: CacheConfig) => boolean): Generator<string> {
  for (const cache of caches.values()) if (isOne(cache)) yield cache.name
}
