import { z } from 'zod'
import { timeout } from '../../support/option-types.js'
import { clientSchema, sessionSchema } from './scope.js'
import { matching, path, section } from './values.js'

const host = /^([A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*|\[[0-9A-Fa-f:.]+\])$/

export const applicationSchema = section('An application and its scopes.', {
  module: z
    .string()
    .min(1)
    .optional()
    .meta({
      description:
        'The file whose default export is the definition, relative to this file. Required unless createContainer() is given the definition.',
      examples: ['./shop/application.ts'],
    }),
  mount: path({ description: 'The path the application answers under.', examples: ['/shop'] }).prefault('/'),
  host: matching(host, 'a host is a name without protocol, port and path', {
    description: 'The host that the application answers for, on any port. Default: any.',
    examples: ['shop.example.com'],
  })
    .transform((name) => name.toLowerCase())
    .optional(),
  scopeless: z
    .array(path({ description: 'A path prefix within the mount.', examples: ['/static'] }))
    .prefault([])
    .meta({
      description: 'Path prefixes, within the mount, whose requests open no scope.',
      examples: [['/static', '/health']],
    }),
  application: section('The application scope. It is always there, in the memory of this node.', {
    timeout: timeout({
      description: 'The application ends when no request came for this time; the next one starts it again.',
      examples: ['1d'],
    }).prefault('1d'),
  }),
  session: sessionSchema,
  client: clientSchema,
})
