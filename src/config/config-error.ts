import type { ConfigProblem } from '../errors/error-table.js'
import { ScopesError } from '../errors/scopes-error.js'

/** The configuration has problems, all of them listed in `problems`, or could not be read; then the list is empty. */
export class ConfigError extends ScopesError<'CONFIG_INVALID' | 'CONFIG_UNREADABLE'> {
  override readonly name = 'ConfigError'

  get problems(): readonly ConfigProblem[] {
    return 'problems' in this.details ? this.details.problems : []
  }
}
