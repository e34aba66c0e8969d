import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { expect, it } from 'vitest'
import { putCookieLines } from '../../src/http/set-cookie-lines.js'

/** The Set-Cookie lines after these of two cookies were put in a response that has `before`. */
function linesAfter(before: readonly string[] | undefined, lines: readonly string[]): unknown {
  const response = new ServerResponse(new IncomingMessage(new Socket()))
  if (before) response.setHeader('Set-Cookie', before)
  putCookieLines(response, ['a', 'b'], lines)
  return response.getHeader('set-cookie')
}

it.each([
  { before: undefined, lines: ['a=1'], after: ['a=1'] },
  { before: ['a=1'], lines: ['a=1'], after: ['a=1'] },
  { before: ['a=1'], lines: ['a=1', 'b=2'], after: ['a=1', 'b=2'] },
  { before: ['a=1', 'b=2'], lines: ['a=1'], after: ['a=1'] },
  { before: ['a=1', 'other=1'], lines: ['a=2'], after: ['other=1', 'a=2'] },
  { before: ['a=1'], lines: [], after: undefined },
  { before: undefined, lines: [], after: undefined },
])('lines of a cookie replace those before, and leave those of others: %o', ({ before, lines, after }) => {
  expect(linesAfter(before, lines)).toEqual(after)
})
