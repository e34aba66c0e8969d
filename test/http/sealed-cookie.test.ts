import type { IncomingMessage, ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import type { CookieConfig } from '../../src/config/config.js'
import type { Exchange } from '../../src/http/carrier.js'
import { ProxyAdvice } from '../../src/http/proxy-advice.js'
import { mostLettersIn, roomIn, SealedCookieCarrier } from '../../src/http/sealed-cookie.js'
import { newCredential } from '../../src/scopes/record/credential.js'
import { Sealer } from '../../src/scopes/sealed/sealer.js'
import { silentLogger } from '../../src/support/logger.js'
import { ManualClock } from '../../src/testing/manual-clock.js'

const config: CookieConfig = {
  name: 'cid',
  path: '/',
  sameSite: 'lax',
  secure: 'auto',
  httpOnly: true,
  persistent: true,
  hostPrefix: false,
  partitioned: false,
}
const room = 1_000
const carrierOf = (cookie: CookieConfig, letters = room) =>
  new SealedCookieCarrier({ cookie, timeoutMs: 60_000 }, new ManualClock(), new ProxyAdvice(silentLogger), letters)
const carrier = carrierOf(config)
const sealer = new Sealer(['a key that is 32 bytes long: aaaaa'], { application: 'a', scope: 'client', cookie: 'cid' })
const { id } = newCredential()

const sealed = (bytes: number) => ({ id, secret: sealer.seal(id, Buffer.alloc(bytes)) })

const exchange = (cookie = '', secure = false): Exchange => ({
  req: { headers: { cookie } } as IncomingMessage,
  res: {} as ServerResponse,
  secure,
})

const issued = (credential: { id: string; secret: string }) =>
  ({ kind: 'issued', credential, timeoutMs: 60_000 }) as const

/** The Cookie header of a browser that got these lines. */
const cookiesOf = (lines: readonly string[]) => lines.map((line) => line.split(';')[0]).join('; ')

const longest = mostLettersIn(room, 2)

describe('the cookies of a sealed record', () => {
  it('are one if it fits in one', () => {
    const credential = sealed(300)
    const lines = carrier.linesFor(exchange(), issued(credential))
    expect(lines).toEqual([`cid=${credential.secret}; Max-Age=60; Path=/; HttpOnly; SameSite=Lax`])
    expect(carrier.credentialsIn(exchange(cookiesOf(lines)))).toEqual([credential])
  })

  it('are two if it does not, up to the room of both', () => {
    for (const length of [room + 2, 1_500, longest - 2]) {
      const credential = sealed(Math.floor((length * 3) / 4) - 49)
      const lines = carrier.linesFor(exchange(), issued(credential))
      expect(lines.map((line) => line.split('=')[0])).toEqual(['cid', 'cid.1'])
      for (const line of lines)
        expect((line.split(';')[0] ?? '').replace(/^[^=]*=/, '').length).toBeLessThanOrEqual(room)
      expect(carrier.credentialsIn(exchange(cookiesOf(lines)))).toEqual([credential])
      expect(carrier.credentialsIn(exchange(cookiesOf(lines.toReversed())))).toEqual([credential])
    }
  })

  it('of different batches are not put together', () => {
    const [a, b] = [sealed(1_000), sealed(1_000)]
    const [firstA = '', secondA = ''] = carrier.linesFor(exchange(), issued(a))
    const [firstB = '', secondB = ''] = carrier.linesFor(exchange(), issued(b))
    expect(carrier.credentialsIn(exchange(cookiesOf([firstA, secondB])))).toEqual([])
    expect(carrier.credentialsIn(exchange(cookiesOf([firstA])))).toEqual([])
    expect(carrier.credentialsIn(exchange(cookiesOf([secondA])))).toEqual([])
    // A browser may send cookies of one name for several paths.
    expect(carrier.credentialsIn(exchange(cookiesOf([firstA, firstB, secondB, secondA])))).toEqual([a, b])
  })

  it('of different batches do not open, even with the mark of the other batch', () => {
    const [a, b] = [sealed(1_000), sealed(1_000)]
    const [firstA = ''] = carrier.linesFor(exchange(), issued(a))
    const [, secondB = ''] = carrier.linesFor(exchange(), issued(b))
    const forged = secondB.replace(/=[\w-]+\./, `=${a.secret.slice(28, 44)}.`)
    const [mixed] = carrier.credentialsIn(exchange(cookiesOf([firstA, forged])))
    expect(mixed).toBeDefined()
    expect(sealer.open(mixed?.secret ?? '')).toBeUndefined()
  })

  it('lose the second one if the record has become small enough, or has ended', () => {
    const before = cookiesOf(carrier.linesFor(exchange(), issued(sealed(1_000))))
    const small = carrier.linesFor(exchange(before), issued(sealed(10)))
    expect(small[0]).toMatch(/^cid=[\w-]+; Max-Age=60/)
    expect(small[1]).toMatch(/^cid\.1=; Max-Age=0/)
    const gone = carrier.linesFor(exchange(before), { kind: 'revoked' })
    expect(gone.map((line) => line.split(';').slice(0, 2).join(';'))).toEqual(['cid=; Max-Age=0', 'cid.1=; Max-Age=0'])
    expect(carrier.linesFor(exchange(), { kind: 'revoked' })).toHaveLength(1)
  })

  it('are sent again only if they were sealed anew', () => {
    const [before, after] = [sealed(10), sealed(10)]
    const cookies = cookiesOf(carrier.linesFor(exchange(), issued(before)))
    const isDue = (credential: typeof before) =>
      carrier.isRenewalDue(exchange(cookies), { kind: 'confirmed', credential, timeoutMs: 60_000, lastVisit: 0 })
    expect([isDue(before), isDue(after)]).toEqual([false, true])
  })

  it('both take the prefix of the host where it is asked for', () => {
    const prefixed = carrierOf({ ...config, hostPrefix: true })
    const credential = sealed(1_000)
    const lines = prefixed.linesFor(exchange('', true), issued(credential))
    expect(lines.map((line) => line.split('=')[0])).toEqual(['__Host-cid', '__Host-cid.1'])
    expect(prefixed.credentialsIn(exchange(cookiesOf(lines), true))).toEqual([credential])
  })

  it('take no more than browsers keep, with the longest name and path', () => {
    const long = {
      ...config,
      name: 'n'.repeat(400),
      path: `/${'p'.repeat(300)}`,
      domain: `${'d'.repeat(60)}.`.repeat(4).slice(0, -1),
    }
    const all = {
      ...long,
      hostPrefix: true,
      secure: true,
      partitioned: true,
      priority: 'medium',
      sameSite: 'strict',
    } as const
    const most = roomIn(all)
    const wide = carrierOf(all, most)
    const credential = { id, secret: 'x'.repeat(mostLettersIn(most, 2)) }
    const lines = wide.linesFor(exchange('', true), { kind: 'issued', credential, timeoutMs: null })
    expect(lines).toHaveLength(2)
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(4_096)
  })
})
