import { isIP } from 'node:net'
import type { AdminConfig } from '../../config/config.js'

/**
 * Whether a Host header may name the admin page. A page elsewhere can have its own name point to this machine and so reach what
 * listens on loopback; the Host header still tells the name. An address cannot be made to point elsewhere, so any is allowed.
 */
export function isAllowedHost(
  header: string | undefined,
  { host, hosts }: Pick<AdminConfig, 'host' | 'hosts'>,
): boolean {
  const name = nameIn(header)
  if (name === undefined) return false
  return isIP(name) !== 0 || ['localhost', host.toLowerCase(), ...hosts].includes(name)
}

/** The host in lower case, without port, brackets and a dot at its end. */
function nameIn(header = ''): string | undefined {
  const found = /^(?:\[([\da-f:.]+)\]|([^:[\]\s/@]+?))\.?(?::\d{1,5})?$/i.exec(header)
  return (found?.[1] ?? found?.[2])?.toLowerCase()
}
