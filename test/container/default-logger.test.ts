import Koa from 'koa'
import { describe, expect, it, onTestFinished } from 'vitest'
import { defaultLogger } from '../../src/container/default-logger.js'
import { StorageError } from '../../src/storage/storage-error.js'
import { serve } from '../support/visitor.js'

const marker = 'MARKER-3f9a'

/** A logger, and the lines that it has written. */
function logging(level?: string) {
  const lines: string[] = []
  return { log: defaultLogger(level, { write: (line) => void lines.push(line) }), lines }
}

/** As ioredis makes it: with the command that was refused. */
const replyError = (message: string) =>
  Object.assign(new Error(message), { name: 'ReplyError', command: { name: 'auth', args: ['shop', marker] } })

class Holder {
  readonly cookie = marker
  readonly self = this
}

const deep = (value: unknown, depth: number): unknown => (depth === 0 ? value : { next: deep(value, depth - 1) })

const secrets: Record<string, () => Record<string, unknown>> = {
  'a password': () => ({ password: marker }),
  'a password in a configuration': () => ({ caches: { shared: { driver: 'redis', password: marker } } }),
  'the secret of a credential': () => ({ credential: { id: 'a', secret: marker } }),
  'a secret under a longer name': () => ({
    options: { clientSecret: marker, api_key: marker, 'X-Auth-Token': marker },
  }),
  'the headers of a request': () => ({ headers: { cookie: `shop_sid=${marker}`, authorization: `Bearer ${marker}` } }),
  'headers with capitals': () => ({ headers: { Cookie: marker, Authorization: marker, 'Set-Cookie': [marker] } }),
  'the headers of a response': () => ({ res: { headers: { 'set-cookie': [`shop_sid=${marker}`] } } }),
  'raw headers': () => ({ req: { rawHeaders: ['Cookie', `shop_sid=${marker}`] } }),
  'a cookie far down': () => ({ deep: deep({ cookie: marker }, 30) }),
  'a cookie in a circle': () => ({ holder: new Holder() }),
  'cookies in a list': () => ({ requests: [{ cookies: { shop_sid: marker } }] }),
  'an error of ioredis': () => ({ err: replyError('NOAUTH') }),
  'an error of ioredis under another name': () => ({ failure: replyError('NOAUTH') }),
  'an error of ioredis as the cause of ours': () => ({
    err: new StorageError(
      'STORAGE_FAILED',
      { cache: 'a', operation: 'load', reason: 'no' },
      { cause: replyError('NO') },
    ),
  }),
  'an error with a URL': () => ({ err: new Error(`connect redis://shop:${marker}@127.0.0.1:6379 failed`) }),
  'an error with a URL and an unescaped password': () => ({ err: new Error(`redis://shop:a@${marker}@127.0.0.1`) }),
  'an error with a URL without user': () => ({ err: new Error(`rediss://:${marker}@127.0.0.1`) }),
  'an error whose cause has a URL': () => ({ err: new Error('no', { cause: new Error(`redis://:${marker}@a`) }) }),
  'an error with a header': () => ({ err: new Error(`GET / HTTP/1.1\r\nCookie: shop_sid=${marker}\r\nHost: a`) }),
  'an error of a client of HTTP': () => ({
    err: Object.assign(new Error('no'), { config: { headers: { authorization: marker } } }),
  }),
}

describe('the default logger', () => {
  it.each(Object.entries(secrets))('writes no secret: %s', (_, fields) => {
    const { log, lines } = logging()
    log.error(fields(), 'it failed')
    log.child(fields()).error({ more: fields() }, 'it failed again')
    expect(lines).toHaveLength(2)
    expect(lines.join('')).not.toContain(marker)
    for (const line of lines) {
      expect(line.endsWith('}\n')).toBe(true)
      expect(JSON.parse(line)).toMatchObject({ level: 50, msg: expect.stringContaining('it failed') })
    }
  })

  it('writes no secret of a message', () => {
    const { log, lines } = logging()
    log.warn(`cannot reach redis://shop:${marker}@127.0.0.1`)
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ msg: 'cannot reach redis://[redacted]@127.0.0.1' })
  })

  it('writes a Koa context and its parts, without cookies', async () => {
    const { log, lines } = logging()
    const app = new Koa()
    app.use((ctx) => {
      ctx.set('Set-Cookie', `shop_sid=${marker}`)
      for (const fields of [{ ctx }, { request: ctx.request }, { response: ctx.response }, { headers: ctx.headers }])
        log.info(fields, 'a request')
      for (const fields of [{ req: ctx.req }, { res: ctx.res }]) log.info(fields, 'of node')
      ctx.body = 'done'
    })
    const { url, close } = await serve(app.callback())
    onTestFinished(close)
    const headers = { cookie: `shop_sid=${marker}`, authorization: `Bearer ${marker}` }
    expect(await (await fetch(url, { headers })).text()).toBe('done')
    expect(lines).toHaveLength(6)
    expect(lines.join('')).not.toContain(marker)
  })

  it('keeps what an operator needs: ids, principals, codes, reasons, stacks and names of attributes', () => {
    const { log, lines } = logging()
    const fields = {
      scope: 'session',
      id: 'aGVsbG8',
      principal: 'anna@example.com',
      code: 'STORAGE_UNAVAILABLE',
      reason: 'connect ECONNREFUSED 127.0.0.1:6379. See https://example.com/a@b',
      attributes: ['token', 'cart'],
      tokens: null,
      cookieName: 'shop_sid',
    }
    log.warn({ ...fields, err: new TypeError('a key is missing') }, 'it failed')
    const { err, ...rest } = JSON.parse(lines[0] ?? '')
    expect(rest).toMatchObject(fields)
    expect(err).toMatchObject({
      type: 'TypeError',
      message: 'a key is missing',
      stack: expect.stringContaining(' at '),
    })
  })

  it.each([
    [undefined, ['info', 'warn', 'error']],
    ['', ['info', 'warn', 'error']],
    ['WARN', ['warn', 'error']],
    ['debug', ['debug', 'info', 'warn', 'error']],
    ['silent', []],
  ])('writes from the level LOG_LEVEL=%s on', (level, written) => {
    const { log, lines } = logging(level ?? '')
    for (const method of ['debug', 'info', 'warn', 'error'] as const) log[method](method)
    expect(lines.map((line) => JSON.parse(line).msg)).toEqual(written)
  })

  it('refuses a level that it does not know, and names the one that was meant', () => {
    expect(() => logging('inof')).toThrow(
      'The environment variable LOG_LEVEL is "inof", which is no level. Did you mean info? Set it to one of: trace, ',
    )
    expect(() => logging('loud')).toThrow(expect.objectContaining({ code: 'LOG_LEVEL_UNKNOWN' }))
  })

  it('takes no long time for a long line', () => {
    const { log, lines } = logging()
    const startedAt = performance.now()
    for (const text of [
      '//:'.repeat(100_000),
      '//a'.repeat(100_000),
      `//${':'.repeat(100_000)}`,
      'cookie:'.repeat(50_000),
    ])
      log.info({ text }, 'it is long')
    expect(lines).toHaveLength(4)
    expect(performance.now() - startedAt).toBeLessThan(10_000)
  })
})
