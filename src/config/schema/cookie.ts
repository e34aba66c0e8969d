import { z } from 'zod'
import { matching, path, section } from './values.js'

const token = /^[\w!#$%&'*+\-.^`|~]+$/
const reserved = /^(?!__(host|secure|http)-)/i
const domain = /^\.?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*$/

/** The reason why browsers refuse a domain, and the remedy. */
function domainProblem(domain: string): { readonly message: string; readonly remedy: string } | undefined {
  const labels = withoutDot(domain).split('.')
  if (labels.length === 4 && labels.every((label) => /^\d{1,3}$/.test(label)))
    return { message: 'is an address, which browsers refuse as a domain', remedy: 'Remove it.' }
  if (labels.length === 1)
    return {
      message: 'is one word, which browsers refuse as a domain',
      remedy: 'Write a domain of your own, as in example.com; or remove it.',
    }
  if (domain.length > longestDomain || labels.some((label) => label.length > longestLabel || /^-|-$/.test(label)))
    return {
      message: 'is not the name of a host',
      remedy: `A name has at most ${longestDomain} characters, and ${longestLabel} between two dots, which are no hyphen at the ends.`,
    }
  return undefined
}

const longestDomain = 253
const longestLabel = 63

/** Browsers ignore the dot at the beginning. */
const withoutDot = (domain: string) => domain.toLowerCase().replace(/^\./, '')

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
    })
      .superRefine((given, context) => {
        if (!domain.test(given)) return
        const problem = domainProblem(given)
        if (!problem) return
        const { message, remedy } = problem
        context.issues.push({ code: 'custom', message, params: { remedy }, input: given })
      })
      .transform(withoutDot)
      .optional(),
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
    partitioned: z
      .boolean()
      .prefault(false)
      .meta({
        description:
          'Pages of other sites that embed this one each have a cookie of their own (CHIPS). Sent on secure requests only.',
        examples: [true],
      }),
    priority: z
      .enum(['low', 'medium', 'high'])
      .optional()
      .meta({
        description:
          'Which cookies Chromium keeps if a site has too many. Default: the default of the browser, medium.',
        examples: ['high'],
      }),
    route: matching(/^[\w-]{0,64}$/, 'a route has letters, digits, _ and - only, at most 64', {
      description:
        "The name of this node, which the cookie's value ends with after a dot, so that a load balancer sends the visitor to this node again. Empty: none.",
      examples: ['node-1'],
    }).optional(),
  })
