import { pino } from 'pino'
import type { Logger } from './logger.js'

/** The default logger: JSON lines on standard output, from level LOG_LEVEL (default info) on. */
export const pinoLogger = (): Logger => pino({ name: 'koa-scopes', level: process.env.LOG_LEVEL ?? 'info' })
