import { z } from 'zod'
import { pause, timeout, waitingTime } from '../../support/option-types.js'
import { port } from './port.js'
import { matching, path, section } from './values.js'

export const serverSchema = section('Where the container listens, and how it stops.', {
  host: z
    .string()
    .min(1)
    .prefault('127.0.0.1')
    .meta({
      description: 'The address to listen on; 0.0.0.0 and :: mean all of them.',
      examples: ['127.0.0.1'],
    }),
  port: port({
    description:
      'The port to listen on; 0 means any that is free. Or the path of a Unix socket or of a named pipe, or fd:3 for a descriptor that the process inherited.',
    examples: [8080],
  }).prefault(8080),
  socketMode: matching(/^0?[0-7]{3}$/, 'a mode has three octal digits', {
    description: 'The mode of the Unix socket: who may connect. Default: as the umask of the process leaves it.',
    examples: ['660'],
  }).optional(),
  proxy: z
    .boolean()
    .prefault(false)
    .meta({
      description:
        'Trust X-Forwarded-* headers. Needed behind a proxy that terminates TLS, or secure cookies are not sent; wrong without one.',
      examples: [true],
    }),
  health: path({
    description:
      'The path that answers whether this node is ready for requests. Below it, /live answers whether it lives, and /ready whether it is ready.',
    examples: ['/healthz'],
  })
    .refine((path) => path !== '/', {
      message: 'would answer in place of the home page',
      params: { remedy: 'Name a path of its own, as in: health: /healthz' },
    })
    .optional(),
  keepAliveTimeout: waitingTime({
    description:
      'How long a connection without a request stays open; at most 24d. Longer than the load balancer keeps it, or visitors get 502 now and then.',
    examples: ['65s'],
  }).prefault('65s'),
  headersTimeout: timeout({
    description:
      'How long a client may take to send the headers of a request. never: any time. Default: 60s, or the requestTimeout if that is shorter.',
    examples: ['60s'],
  }).optional(),
  requestTimeout: timeout({
    description: 'How long a client may take to send a whole request, body included. never: any time.',
    examples: ['5m'],
  }).prefault('5m'),
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
  drain: pause({
    description:
      'How long close() goes on serving, while it answers that it is not ready, so that load balancers send no more requests; at most 24d.',
    examples: ['5s'],
  }).prefault('0s'),
  shutdown: waitingTime({
    description: 'How long close() waits for running requests, and then for backups; at most 24d.',
    examples: ['10s'],
  }).prefault('10s'),
})
