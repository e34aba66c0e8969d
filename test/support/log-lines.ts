import type { Logger } from '../../src/support/logger.js'

type Level = 'debug' | 'info' | 'warn' | 'error'

export interface LogLine {
  readonly level: Level
  readonly message: string
  readonly fields: Readonly<Record<string, unknown>>
}

/** Keeps what a container logs. */
export class LogLines {
  /** Every line, those at level debug too. */
  readonly all: LogLine[] = []
  readonly logger = this.#logger({})

  /** What an operator reads: the lines at level info and above. */
  get shown(): LogLine[] {
    return this.all.filter(({ level }) => level !== 'debug')
  }

  #logger(bindings: Readonly<Record<string, unknown>>): Logger {
    const writing =
      (level: Level) =>
      (...[first, second]: [string] | [object, string]) => {
        const [given, message] = typeof first === 'string' ? [{}, first] : [first, second ?? '']
        this.all.push({ level, message, fields: { ...bindings, ...given } })
      }
    return {
      debug: writing('debug'),
      info: writing('info'),
      warn: writing('warn'),
      error: writing('error'),
      child: (fields) => this.#logger({ ...bindings, ...fields }),
    }
  }
}
