import { readOnlyKeys } from '../../scopes/request/read-only-keys.js'
import type { ScopeKind } from '../../scopes/settings.js'
import { isLonger } from '../../support/duration.js'
import type { Path } from '../path.js'
import { type Check, type CheckProblem, declaredScopes, isSealed } from './check.js'

/** Checks that no key of a scope in a store is without effect, or asks for what its mode cannot do. */
export const checkModes: Check = function* ({ config, isWritten }) {
  for (const { path, scope } of declaredScopes(config)) {
    if (isSealed(config.caches, scope)) continue
    const { cluster, concurrency, endEvents, firstTimeoutMs, timeoutMs, whenUnavailable } = scope
    const has = (key: string) => isWritten([...path, key])
    if (firstTimeoutMs !== undefined && timeoutMs !== null && firstTimeoutMs >= timeoutMs)
      yield withoutEffect(
        path,
        'firstTimeout',
        ': it is not shorter than the timeout',
        ['timeout'],
        'Write a shorter one, or remove it.',
      )
    if (has('remember') && scope.remember && !isLonger(scope.remember.timeoutMs, timeoutMs))
      yield withoutEffect(
        path,
        'remember',
        ': its timeout is not longer than that of every session',
        ['timeout'],
        'Write a longer one, or remove it.',
      )
    const readOnly = scope.transient.find((name) => readOnlyKeys[kindOf(path)].has(name))
    if (readOnly !== undefined)
      yield {
        path: [...path, 'transient'],
        problem: `{value} has ${readOnly}, which is one of CFML's read-only keys.`,
        remedy: 'Choose another name.',
      }
    if (cluster && scope.transient.length > 0 && !scope.copesWithoutTransient)
      yield impossible(
        path,
        'transient',
        'with cluster: true: the next request of a visitor may come to another node, which does not have the values',
        'Write cluster: false; or, if the handlers cope where they are absent, transient: { names: [...], mayBeAbsent: true }.',
      )
    if (cluster && has('backup'))
      yield withoutEffect(path, 'backup', ' with cluster: true: each response waits until its changes are in the store')
    if (!cluster && has('touchInterval'))
      yield withoutEffect(
        path,
        'touchInterval',
        ' with cluster: false: visits are written once per min(timeout/10, 60 s)',
      )
    if (!cluster && concurrency === 'optimistic')
      yield impossible(
        path,
        'concurrency',
        'with cluster: false: requests share the values in memory',
        'Write cluster: true, or remove it.',
      )
    if (cluster && has('whenUnavailable') && whenUnavailable === 'local')
      yield impossible(
        path,
        'whenUnavailable',
        'with cluster: true: no record is held in memory',
        'Write fail, or remove it.',
      )
    if (endEvents) yield withoutEffect(path, 'endEvents', ': the store keeps records until their end handlers have run')
  }
}

const kindOf = (path: Path) => path.at(-1) as ScopeKind

function withoutEffect(
  path: Path,
  key: string,
  why: string,
  besides = ['cluster'],
  remedy = 'Remove it.',
): CheckProblem {
  const because = besides.map((other) => [...path, other])
  return { path: [...path, key], problem: `{value} has no effect${why}.`, remedy, because }
}

function impossible(path: Path, key: string, why: string, remedy: string): CheckProblem {
  const because = [[...path, 'cluster']]
  return { path: [...path, key], problem: `{value} is impossible ${why}.`, remedy, because }
}
