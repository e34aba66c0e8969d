import { z } from 'zod'
import { ownWords } from '../../support/own-words.js'
import type { CarrierConfig } from '../config.js'
import { matching } from './values.js'

const headerName = /^[\w!#$%&'*+\-.^`|~]{1,64}$/

/** Headers that have another meaning, or that proxies and browsers set or change. */
const taken =
  /^(__.*|constructor|accept.*|access-control-.*|age|allow|alt-svc|(.*-)?cache-control|clear-site-data|connection|content-.*|cookie2?|date|etag|expect|expires|forwarded|host|if-.*|keep-alive|link|location|origin|pragma|proxy-.*|priority|refresh|range|referer|retry-after|sec-.*|server|set-cookie2?|strict-transport-security|surrogate-.*|te|trailer|transfer-encoding|upgrade|user-agent|vary|via|warning|www-authenticate|x-accel-.*|x-csrf-token|x-forwarded-.*|x-real-ip)$/i

const header = matching(headerName, "a header's name has letters, digits and !#$%&'*+-.^_`|~ only, at most 64", {
  description:
    'The header that carries id and secret in requests and responses. authorization: requests carry it after the word Bearer, and responses answer in Session-Token.',
  examples: ['x-auth-token'],
})
  .refine((name) => !taken.test(name), {
    message: 'is a header with another meaning',
    params: ownWords('Write a name of your own, as in x-auth-token, or authorization.'),
  })
  .transform((name) => name.toLowerCase())

/** The header of responses that answers one of requests, which is not the same for `authorization`. */
export const answerOf = (header: string): string => (header === 'authorization' ? 'session-token' : header)

const carrier = z
  .union([z.literal('cookie'), z.strictObject({ header })])
  .transform(
    (given): CarrierConfig => (given === 'cookie' ? { kind: 'cookie' } : { kind: 'header', name: given.header }),
  )

/** How a carrier is called in messages: no two of a scope may have the same. */
const nameOf = (given: CarrierConfig) => (given.kind === 'cookie' ? 'cookie' : answerOf(given.name))

export const carriersSchema = z
  .tuple([carrier], carrier)
  .superRefine((carriers, context) => {
    const names = carriers.map(nameOf)
    names.forEach((name, index) => {
      if (names.indexOf(name) < index)
        context.issues.push({
          code: 'custom',
          path: name === 'cookie' ? [index] : [index, 'header'],
          message: 'is in the list already',
          params: ownWords('Remove it.'),
          input: name,
        })
    })
  })
  .prefault(['cookie'])
  .meta({
    description:
      'How visitors show id and secret: cookie, a header, or several. The first that a request uses is also the one that answers it; the first of the list answers requests that use none.',
    examples: [['cookie', { header: 'x-auth-token' }]],
  })
