import { z } from 'zod'
import { matching, path, section } from './values.js'

const token = /^[\w!#$%&'*+\-.^`|~]+$/
const reserved = /^(?!__(Host|Secure)-)/
const domain = /^\.?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*$/

/** The schema of a cookie. `persistent` is the default of that key: false for sessions, true for clients. */
export const cookieSchema = (persistent: boolean) =>
  section('The cookie that carries id and secret. Absent keys keep their defaults.', {
    name: matching(token, "a cookie name has letters, digits and !#$%&'*+-.^_`|~ only", {
      description: 'Default: the name of the application with _sid (session) or _cid (client).',
      examples: ['shop_sid'],
    })
      .regex(reserved, 'browsers reserve this prefix; hostPrefix: true sets it where it is allowed')
      .optional(),
    path: path({ description: 'Default: the mount of the application.', examples: ['/'] }).optional(),
    domain: matching(domain, 'a domain is a host name without protocol, port and path', {
      description: 'Sent to all hosts of this domain. Default: only to the host that set it.',
      examples: ['example.com'],
    }).optional(),
    sameSite: z
      .enum(['lax', 'strict', 'none'])
      .prefault('lax')
      .meta({
        description: 'Whether requests from other sites carry it.',
        examples: ['lax'],
      }),
    secure: z
      .union([z.literal('auto'), z.boolean()])
      .prefault('auto')
      .meta({
        description: 'Only over HTTPS. auto: when the request that sets it came that way.',
        examples: ['auto'],
      }),
    httpOnly: z
      .boolean()
      .prefault(true)
      .meta({
        description: 'Scripts in the page cannot read it.',
        examples: [true],
      }),
    persistent: z
      .boolean()
      .prefault(persistent)
      .meta({
        description:
          'It outlives the browser: Max-Age follows the timeout. Default: false for sessions, true for clients.',
        examples: [persistent],
      }),
    hostPrefix: z
      .boolean()
      .prefault(false)
      .meta({
        description: 'Its name takes __Host- on secure requests, so that no other host of the domain can set it.',
        examples: [true],
      }),
  })
