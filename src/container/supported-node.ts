import { ScopesError } from '../errors/scopes-error.js'

/** As `engines` in package.json has it. */
const oldest = '20.19'

/** Throws NODE_TOO_OLD. What it imports, Node 18 can link too. */
export function assertSupportedNode(version: string = process.versions.node): void {
  const isOlder = version.localeCompare(oldest, 'en', { numeric: true }) < 0
  if (isOlder) throw new ScopesError('NODE_TOO_OLD', { version, oldest })
}
