import { type DestinationStream, destination, type Level, pino } from 'pino'
import { nearestWord } from '../config/nearest-word.js'
import { ScopesError } from '../errors/scopes-error.js'
import type { Logger } from '../support/logger.js'
import { redactedLine } from '../support/redacted-line.js'

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const satisfies (Level | 'silent')[]

/**
 * The default logger: JSON lines without secrets, from the level that LOG_LEVEL names on (default info). `output` is
 * standard output by default. Throws LOG_LEVEL_UNKNOWN.
 */
export function defaultLogger(name = process.env.LOG_LEVEL, output: DestinationStream = destination(1)): Logger {
  return pino({ name: 'koa-scopes', level: levelNamed(name || 'info'), hooks: { streamWrite: redactedLine } }, output)
}

function levelNamed(name: string): (typeof levels)[number] {
  const level = levels.find((known) => known === name.toLowerCase())
  if (level) return level
  throw new ScopesError('LOG_LEVEL_UNKNOWN', { level: name, known: levels, meant: nearestWord(name, levels) })
}
