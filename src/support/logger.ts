/** Writes one line: what happened, with the fields that identify it. pino's loggers have this shape. */
export interface LogMethod {
  (message: string): void
  (fields: object, message: string): void
}

/** What we need of a logger. Secrets are never passed to it. */
export interface Logger {
  readonly debug: LogMethod
  readonly info: LogMethod
  readonly warn: LogMethod
  readonly error: LogMethod
  /** A logger that adds these fields to every line. */
  child(fields: Record<string, unknown>): Logger
}

export const silentLogger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => silentLogger,
}
