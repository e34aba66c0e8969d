import type { ScopeBasics } from '../environment.js'

/** Emits `scope:lost`: a record has ended, and changes to it are lost that no error reports. */
export function reportLost({ emit, kind: scope }: Pick<ScopeBasics, 'emit' | 'kind'>, id: string): void {
  emit('scope:lost', { scope, id })
}
