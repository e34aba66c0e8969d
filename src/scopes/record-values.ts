import type { ScopeEnvironment } from './environment.js'
import { Values } from './values.js'

/** The values of one record, reporting what cannot be decoded as the configuration says. */
export function recordValues(
  environment: ScopeEnvironment,
  id: string,
  encoded: ReadonlyMap<string, Uint8Array>,
): Values {
  const { codec, kind: scope, config, emit, log } = environment
  return new Values(encoded, {
    codec,
    scope,
    onUndecodable(name, error) {
      log.warn({ scope, id, attribute: name, err: error }, 'an attribute cannot be decoded')
      emit('scope:undecodable', { scope, id, name, error })
      if (config.onUndecodable === 'fail') throw error
    },
  })
}
