import type { Logger, LogMethod } from '../support/logger.js'

/** A line that was logged. `fields`: what it says besides, such as `err` and `application`. */
export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly message: string
  readonly fields: Readonly<Record<string, unknown>>
}

/** A logger that adds each line to `lines`, and prints none. */
export function recordingLogger(lines: LogLine[], common: Readonly<Record<string, unknown>> = {}): Logger {
  const method = (level: LogLine['level']): LogMethod => {
    const log = (first: object | string, message?: string) =>
      void lines.push(
        typeof first === 'string'
          ? { level, message: first, fields: common }
          : { level, message: message ?? '', fields: { ...common, ...first } },
      )
    return log
  }
  return {
    debug: method('debug'),
    info: method('info'),
    warn: method('warn'),
    error: method('error'),
    child: (fields) => recordingLogger(lines, { ...common, ...fields }),
  }
}
