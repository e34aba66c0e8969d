import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { describe, expect } from 'vitest'
import { describeEmbedded } from '../support/matrix.js'
import { sessionPages, shop } from '../support/shop.js'
import { Visitor, visitorWith } from '../support/visitor.js'

/** As a browser sends it that was told by another site to do so: without cookies that are not `SameSite=None`. */
const fromElsewhere = (method: string) => ({
  method,
  headers: { 'sec-fetch-site': 'cross-site', origin: 'https://pay.example' },
})

/** Follows a link on another site. `fetch` would set the mode itself. */
async function linked(url: string, path: string): Promise<IncomingMessage> {
  const asked = get(url + path, { headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' } })
  const [answer] = (await once(asked, 'response')) as [IncomingMessage]
  answer.resume()
  return answer
}

const pages = {
  ...sessionPages,
  '/client': ({ client }) => {
    client.seen = true
  },
  '/plain': () => 'hello',
} satisfies Parameters<typeof shop>[0]

describe('97. a request of another site that could not carry the cookie', () => {
  describeEmbedded(({ test }) => {
    test('begins no session, and its page is served', async ({ store }) => {
      const begun: string[] = []
      const { app, url } = await store.node(shop(pages, { onSessionStart: ({ ctx }) => void begun.push(ctx.path) }))
      const visitor = await visitorWith(url, 'name=ada')
      begun.length = 0
      const answers = [
        await new Visitor().get(url, '/plain', fromElsewhere('POST')),
        await new Visitor().get(url, '/read', fromElsewhere('POST')),
      ]
      expect(answers.map(({ status, setCookie, text }) => [status, setCookie, text])).toEqual([
        [200, [], '"hello"'],
        [200, [], '{}'],
      ])
      expect(begun).toEqual([])
      expect(await app.sessions.count()).toBe(1)
      expect((await visitor.get(url, '/read')).json()).toEqual({ name: 'ada' })
    })

    test('cannot write or log in: the error names the remedies, and no cookie is sent', async ({ store }) => {
      const errors: unknown[] = []
      const { app, url } = await store.node(shop(pages, { onError: (error) => void errors.push(error) }))
      const refused = ['/write?name=eve', '/login?as=eve', '/client']
      for (const path of refused)
        expect(await new Visitor().get(url, path, fromElsewhere('POST'))).toMatchObject({ status: 403, setCookie: [] })
      expect(errors).toMatchObject(refused.map(() => ({ code: 'SCOPE_WITHHELD' })))
      expect(String(errors[0])).toMatch(/redirect.*sameSite: none/)
      expect(await app.sessions.count()).toBe(0)
    })

    test('is any other request if the cookie would have come, or has come', async ({ store }) => {
      const lax = await store.node(shop(pages))
      const none = await store.node(shop(pages), { session: { cookie: { sameSite: 'none', secure: true } } })
      const sameSite = { method: 'POST', headers: { 'sec-fetch-site': 'same-site' } }
      expect((await new Visitor().get(lax.url, '/write?a=1', fromElsewhere('GET'))).status).toBe(200)
      expect((await new Visitor().get(lax.url, '/write?a=1', sameSite)).status).toBe(200)
      expect((await new Visitor().get(none.url, '/write?a=1', fromElsewhere('POST'))).status).toBe(200)
      const visitor = await visitorWith(lax.url, 'name=ada')
      expect((await visitor.get(lax.url, '/write?b=2', fromElsewhere('POST'))).status).toBe(200)
    })

    test('is a link too, with sameSite: strict', async ({ store }) => {
      const session = { cookie: { sameSite: 'strict' } } as const
      const { app, url } = await store.node(shop(pages), { session })
      const read = await linked(url, '/read')
      expect(read.statusCode).toBe(200)
      expect(read.headers['set-cookie']).toBeUndefined()
      expect((await linked(url, '/write?a=1')).statusCode).toBe(403)
      expect(await app.sessions.count()).toBe(0)
      expect((await new Visitor().get(url, '/write?a=1', fromElsewhere('GET'))).status).toBe(200)
    })
  })
})
