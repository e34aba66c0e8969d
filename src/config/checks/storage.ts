import type { CacheConfig, Config } from '../config.js'
import { nearestWord } from '../nearest-word.js'
import type { Path } from '../path.js'
import { type Check, type DeclaredScope, declaredScopes, type Finding } from './check.js'

/** Every scope is stored in a cache that exists, may hold scopes, and is seen by whoever needs to see it. */
export const checkStorage: Check = function* ({ config, cacheNames }) {
  for (const declared of declaredScopes(config)) {
    const { scope, path } = declared
    const cache = config.caches.get(scope.storage)
    if (!cache) yield unknownCache(declared, cacheNames)
    else if (!cache.storage) yield objectCache(config, cache, [...path, 'storage'])
    else if (scope.cluster && reachOf(cache) === 'process') yield unreachable(config, cache, path)
  }
}

function unknownCache({ scope, path }: DeclaredScope, cacheNames: readonly string[]): Finding {
  const near = nearestWord(scope.storage, cacheNames)
  return {
    path: [...path, 'storage'],
    problem: 'There is no cache {value}.',
    remedy: `${near ? `Did you mean ${near}? ` : ''}There are these: ${cacheNames.join(', ')}.`,
    because: [['caches', scope.storage]],
  }
}

function objectCache({ caches }: Config, { name }: CacheConfig, path: Path): Finding {
  const others = [...caches.values()].filter(({ storage }) => storage)
  return {
    path,
    problem: `The cache ${name} may not hold scopes.`,
    remedy: `Add storage: true to it${others.length > 0 ? `, or use one that has it: ${list(others)}` : ''}.`,
    because: [['caches', name, 'storage']],
  }
}

function unreachable({ caches }: Config, { name, driver }: CacheConfig, path: Path): Finding {
  const others = [...caches.values()].filter((cache) => cache.storage && reachOf(cache) !== 'process')
  return {
    path: [...path, 'cluster'],
    problem: `No other node can reach the cache ${name} (${driver.name}), so the records cannot live there for all nodes.`,
    remedy: `Write cluster: false, or store the scope in a cache that is shared${others.length > 0 ? `: ${list(others)}` : ''}.`,
    because: [
      [...path, 'storage'],
      ['caches', name, 'driver'],
    ],
  }
}

const reachOf = ({ driver, options }: CacheConfig) => driver.capabilities(options).reach

const list = (caches: readonly CacheConfig[]) => caches.map(({ name }) => name).join(', ')
