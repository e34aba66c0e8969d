import type { CacheConfig, Config } from '../config.js'
import { nearestWord } from '../nearest-word.js'
import type { Path } from '../path.js'
import { listed } from '../shown.js'
import { type Check, type CheckProblem, type DeclaredScope, declaredScopes } from './check.js'

/** Checks that the cache of each scope exists, may hold scopes, can be reached by the nodes that share it, and has locks if needed. */
export const checkStorage: Check = function* ({ config, cacheNames }) {
  for (const declared of declaredScopes(config)) {
    const { scope, path } = declared
    const cache = config.caches.get(scope.storage)
    if (!cache) yield unknownCache(declared, cacheNames)
    else if (!cache.storage) yield objectCache(config, cache, [...path, 'storage'])
    else if (scope.cluster && capabilitiesOf(cache).reach === 'process') yield unreachable(config, cache, path)
    else if (scope.locks && !capabilitiesOf(cache).locks) yield withoutLocks(cache, path)
  }
}

function unknownCache({ scope, path }: DeclaredScope, cacheNames: readonly string[]): CheckProblem {
  const near = nearestWord(scope.storage, cacheNames)
  return {
    path: [...path, 'storage'],
    problem: 'There is no cache {value}.',
    remedy: `${near ? `Did you mean ${near}? ` : ''}Known caches: ${listed(cacheNames)}.`,
    because: [['caches', scope.storage]],
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
