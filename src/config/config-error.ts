import type { ConfigProblem } from '../errors/error-table.js'
import { ScopesError } from '../errors/scopes-error.js'

/** The configuration cannot be used: it has mistakes (`problems` lists all of them), or it could not be read at all. */
export class ConfigError extends ScopesError<'CONFIG_INVALID' | 'CONFIG_UNREADABLE'> {
  override readonly name = 'ConfigError'

  get problems(): readonly ConfigProblem[] {
    return 'problems' in this.details ? this.details.problems : []
  }
}
