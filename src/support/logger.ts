/** Writes one line: a message, and fields that identify the subject. pino's loggers have this shape. */
export interface LogMethod {
  (message: string): void
  (fields: object, message: string): void
}

/** The logger that this package needs. It never gets a secret. */
export interface Logger {
  readonly debug: LogMethod
  readonly info: LogMethod
  readonly warn: LogMethod
  readonly error: LogMethod
  /** Returns a logger that adds these fields to every line. */
  child(fields: Record<string, unknown>): Logger
}

export const silentLogger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => silentLogger,
}
