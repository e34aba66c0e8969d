import { isScopesError } from '../../errors/scopes-error.js'
import type { RedisConnection } from './connection.js'
import { deploymentKey } from './keys.js'

const call = { operation: 'open' }

/** What tells deployments apart: values by their names, such as `environment`. */
type Deployment = Readonly<Record<string, string>>

/**
 * Notes under the prefix that this deployment uses it. Returns warnings if the one that was noted last is another: staging
 * and production that share a prefix share their sessions.
 */
export async function deploymentWarnings(
  connection: RedisConnection,
  prefix: string,
  own: Deployment,
): Promise<readonly string[]> {
  if (Object.keys(own).length === 0) return []
  const key = deploymentKey(prefix)
  const text = JSON.stringify(own)
  const stored = await connection.command<Buffer | null>(call, 'get', key)
  if (String(stored) === text) return []
  try {
    await connection.command(call, 'set', key, text)
  } catch (error) {
    // A full server serves all the same. The next start notes it.
    if (!isScopesError(error, 'STORAGE_FULL')) throw error
  }
  const other = stored ? deploymentIn(String(stored)) : {}
  return Object.keys(own)
    .filter((name) => Object.hasOwn(other, name) && other[name] !== own[name])
    .map((name) => warning(prefix, name, String(other[name]), String(own[name])))
}

const warning = (prefix: string, name: string, other: string, own: string) =>
  `A program with another ${name} (${JSON.stringify(other)}, here ${JSON.stringify(own)}) used the prefix ${prefix} before. If both run, they share their sessions: give each a prefix of its own.`

/** Empty if another program has written something else there. */
function deploymentIn(text: string): Deployment {
  try {
    const parsed: unknown = JSON.parse(text)
    return typeof parsed === 'object' && parsed !== null ? (parsed as Deployment) : {}
  } catch {
    return {}
  }
}
