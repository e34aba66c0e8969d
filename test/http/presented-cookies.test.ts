import type { IncomingMessage } from 'node:http'
import { describe, expect, it } from 'vitest'
import { presentedCookies } from '../../src/http/presented-cookies.js'

const id = 'i'.repeat(22)
const secret = 's'.repeat(24)
const presented = (cookie: string) => presentedCookies({ headers: { cookie } } as IncomingMessage, 'sid')

describe('cookies in a header', () => {
  it('are cut at spaces and tabs only', () => {
    expect(presented(` \tsid \t= \t${id}.${secret}\t `)).toEqual([{ id, secret }])
    expect(presented(`\u00a0sid=${id}.${secret}`)).toEqual([])
  })

  it('cost linear time, also if they are all blanks', () => {
    const blanks = [' ', '\t', ' \t'].map((blank) => blank.repeat(1_000_000))
    const start = performance.now()
    for (const blank of blanks)
      for (const header of [`sid; a${blank}b=1`, `sid=a${blank}b`, `${blank}sid${blank}x=`]) presented(header)
    expect(performance.now() - start).toBeLessThan(10_000)
  })
})
