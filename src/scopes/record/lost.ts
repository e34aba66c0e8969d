import type { ScopeEnvironment } from '../environment.js'

/** A record has ended, and with it changes that nobody else tells of. */
export function tellLost({ emit, kind: scope }: Pick<ScopeEnvironment, 'emit' | 'kind'>, id: string): void {
  emit('scope:lost', { scope, id })
}
