import type { Codec, ValueTypes } from '../codec/codec.js'
import { createCodec } from '../codec/create.js'
import { ConfigError } from '../config/config-error.js'
import { isScopesError } from '../errors/scopes-error.js'

/** Throws ConfigError. The codec itself knows no configuration. */
export function codecOf(types: ValueTypes | undefined): Codec {
  try {
    return createCodec(types)
  } catch (error) {
    if (isScopesError(error, 'CONFIG_INVALID')) throw new ConfigError('CONFIG_INVALID', error.details)
    throw error
  }
}
