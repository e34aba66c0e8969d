import type { IncomingMessage } from 'node:http'
import { describe, expect, it } from 'vitest'
import { Access } from '../../src/admin/access/access.js'
import { isAllowedHost } from '../../src/admin/access/hosts.js'
import { AccessToken, unguessable } from '../../src/admin/access/token.js'
import { silentLogger } from '../../src/support/logger.js'
import { ManualClock } from '../../src/testing/manual-clock.js'
import { LogLines } from '../support/log-lines.js'

const token = 'a-token-of-25-characters!'
const hour = 3_600_000

interface Asked {
  readonly bearer?: string
  readonly cookie?: string
  readonly from?: string
}

const requestOf = ({ bearer, cookie, from = '127.0.0.1' }: Asked) =>
  ({
    headers: { ...(bearer && { authorization: `Bearer ${bearer}` }), ...(cookie && { cookie }) },
    socket: { remoteAddress: from },
  }) as unknown as IncomingMessage

describe('a token', () => {
  it('matches itself and nothing else', () => {
    const access = new AccessToken(token)
    expect(access.matches(token)).toBe(true)
    for (const other of ['', token.slice(1), `${token} `, token.toUpperCase()])
      expect(access.matches(other)).toBe(false)
  })

  it('that is made up has 192 bits, and is another each time', () => {
    expect(unguessable()).toMatch(/^[\w-]{32}$/)
    expect(unguessable()).not.toBe(unguessable())
  })
})

describe('access', () => {
  const clock = new ManualClock()
  const access = () => new Access(token, 9090, clock, silentLogger)
  const cookieOf = (it: Access) => {
    const result = it.signIn(token, requestOf({}))
    if ('reason' in result) throw new Error(result.reason)
    return `${it.cookieName}=${result.id}`
  }

  it('is for a request with the token, and names where it came from', () => {
    expect(access().identify(requestOf({ bearer: token, from: '10.1.2.3' }))).toEqual({
      by: 'a program with the token, from 10.1.2.3',
    })
    expect(access().identify(requestOf({ bearer: `${token}x` }))).toEqual({ reason: 'wrong token' })
    expect(access().identify(requestOf({}))).toEqual({ reason: 'nothing shown' })
  })

  it('is for a session that began with the token, until it was idle for 12 h or has ended', () => {
    const it = access()
    const cookie = cookieOf(it)
    clock.jump(11 * hour)
    expect(it.identify(requestOf({ cookie }))).toMatchObject({ session: { csrf: expect.any(String) } })
    clock.jump(11 * hour)
    expect(it.identify(requestOf({ cookie }))).toHaveProperty('session')
    clock.jump(12 * hour)
    expect(it.identify(requestOf({ cookie }))).toEqual({ reason: 'nothing shown' })
    const another = cookieOf(it)
    it.signOut(requestOf({ cookie: another }))
    expect(it.identify(requestOf({ cookie: another }))).toEqual({ reason: 'nothing shown' })
  })

  it('keeps a hundred sessions, those used last', () => {
    const it = access()
    const [first, second] = [cookieOf(it), cookieOf(it)]
    it.identify(requestOf({ cookie: first }))
    for (let count = 0; count < 99; count++) cookieOf(it)
    expect(it.identify(requestOf({ cookie: first }))).toHaveProperty('session')
    expect(it.identify(requestOf({ cookie: second }))).toEqual({ reason: 'nothing shown' })
  })

  it('gives cookies names of their own by port, and takes none of another port', () => {
    const [here, there] = [access(), new Access(token, 9091, clock, silentLogger)]
    expect(there.cookieName).not.toBe(here.cookieName)
    expect(there.identify(requestOf({ cookie: cookieOf(here) }))).toEqual({ reason: 'nothing shown' })
  })

  it('refuses further wrong tokens of an address after ten, for the rest of a minute, but never the right one', () => {
    const it = access()
    const wrong = requestOf({ bearer: 'wrong' })
    for (let count = 0; count < 10; count++) expect(it.identify(wrong)).toEqual({ reason: 'wrong token' })
    clock.jump(20_000)
    expect(it.identify(wrong)).toEqual({ reason: 'limited', waitMs: 40_000 })
    expect(it.signIn('wrong', requestOf({}))).toEqual({ reason: 'limited', waitMs: 40_000 })
    expect(it.identify(requestOf({ bearer: token }))).toHaveProperty('by')
    expect(it.signIn(token, requestOf({}))).toHaveProperty('id')
    expect(it.identify(requestOf({ bearer: 'wrong', from: '10.0.0.2' }))).toEqual({ reason: 'wrong token' })
    clock.jump(40_000)
    expect(it.identify(wrong)).toEqual({ reason: 'wrong token' })
  })

  it('counts a network as one address', () => {
    for (const addresses of [
      ['2001:db8:0:1::1', '2001:DB8::1:ffff:2:3:4', '2001:db8:0:1:5::%eth0'],
      ['127.0.0.1', '127.9.9.9', '::ffff:127.0.0.5'],
      ['10.0.0.1', '::ffff:10.0.0.1'],
    ]) {
      const it = access()
      for (let count = 0; count < 10; count++)
        it.identify(requestOf({ bearer: 'wrong', from: addresses[count % addresses.length] ?? '' }))
      for (const from of addresses)
        expect(it.identify(requestOf({ bearer: 'wrong', from }))).toMatchObject({ reason: 'limited' })
      for (const from of ['2001:db8:0:2::1', '10.0.0.3', '::1'])
        expect(it.identify(requestOf({ bearer: 'wrong', from }))).toEqual({ reason: 'wrong token' })
    }
  })

  it('bounds the memory and the lines of wrong tokens from any number of addresses, and lets the right one in', () => {
    const lines = new LogLines()
    const it = new Access(token, 9090, clock, lines.logger)
    for (let count = 0; count < 1_100; count++) it.identify(requestOf({ bearer: 'wrong', from: `address ${count}` }))
    expect(lines.all).toHaveLength(1_010)
    expect(it.identify(requestOf({ bearer: 'wrong', from: 'another' }))).toMatchObject({ reason: 'limited' })
    expect(it.identify(requestOf({ bearer: token, from: 'another' }))).toHaveProperty('by')
  })

  it('logs who signed in, and wrong tokens, but no token', () => {
    const lines = new LogLines()
    const it = new Access(token, 9090, clock, lines.logger)
    it.signIn(token, requestOf({}))
    it.identify(requestOf({ bearer: 'a wrong token'.replaceAll(' ', '-'), from: '10.0.0.9' }))
    expect(lines.all.map(({ fields, message }) => [fields.audit, message])).toEqual([
      ['sign in', 'an operator signed in to the admin page'],
      ['refused', 'a wrong token was shown to the admin page'],
    ])
    expect(JSON.stringify(lines.all)).not.toMatch(/a-token-of|a-wrong-token/)
  })
})

describe('a Host header', () => {
  const admin = { host: 'node-1', hosts: ['admin.example.com'] }

  it.each([
    '127.0.0.1:9090',
    '10.0.0.1',
    '[::1]:9090',
    'localhost:9090',
    'LocalHost',
    'node-1:9090',
    'admin.example.com',
    'admin.example.com.:9090',
  ])('may be %s', (header) => expect(isAllowedHost(header, admin)).toBe(true))

  it.each([
    undefined,
    '',
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'admin.example.com@evil.example',
    '[evil]:80',
    'localhost:9090:80',
  ])('may not be %s', (header) => expect(isAllowedHost(header, admin)).toBe(false))
})
