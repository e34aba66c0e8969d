import { z } from 'zod'
import { waitingTime } from '../../support/option-types.js'
import { section } from './values.js'

export const serverSchema = section('Where the container listens.', {
  host: z
    .string()
    .min(1)
    .prefault('127.0.0.1')
    .meta({
      description: 'The address to listen on; 0.0.0.0 and :: mean all of them.',
      examples: ['127.0.0.1'],
    }),
  port: z
    .int()
    .min(0)
    .max(65535)
    .prefault(8080)
    .meta({
      description: 'The port to listen on; 0 means any that is free.',
      examples: [8080],
    }),
  proxy: z
    .boolean()
    .prefault(false)
    .meta({
      description:
        'Trust X-Forwarded-* headers. Needed behind a proxy that terminates TLS, or secure cookies are not sent; wrong without one.',
      examples: [true],
    }),
  environment: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .meta({
      description:
        'Which deployment this is, as staging. A start warns if another one used the same store and prefix. Default: NODE_ENV.',
      examples: ['production'],
    }),
  shutdown: waitingTime({
    description: 'How long close() waits for running requests, and then for backups; at most 24d.',
    examples: ['10s'],
  }).prefault('10s'),
})
