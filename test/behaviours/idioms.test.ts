import { describe, expect } from 'vitest'
import { LogLines } from '../support/log-lines.js'
import { describeInMemory } from '../support/matrix.js'
import { type Page, sessionPages, shop } from '../support/shop.js'
import { Visitor } from '../support/visitor.js'

const warning = 'ctx.session has no member of this name, as other session libraries have: it is an attribute'

/** What the log says of the idioms of other libraries. */
const warnedIn = (log: LogLines) =>
  log.shown
    .filter(({ message }) => message === warning)
    .map(({ level, fields }) => `${level} ${fields.member}: ${fields.counterpart}`)

describe('211. idioms of other session libraries', () => {
  describeInMemory(({ test }) => {
    const pages = {
      ...sessionPages,
      '/max-age': ({ session }) => {
        session.maxAge = 3_600_000
      },
      '/is-new': ({ session }) => session.isNew === true,
      '/save': ({ session }) => session.save(),
      '/null': (ctx) => void Reflect.set(ctx, 'session', null),
      '/own': ({ session }) => {
        session.touch = 'of a finger'
        session.cookie = 'oatmeal'
        return [session.touch, session.cookie, 'populated' in session]
      },
      '/client': ({ client }) => client.isNew ?? null,
    } satisfies Record<string, Page>

    test('211. each is warned of once, with its counterpart', async ({ store }) => {
      const log = new LogLines()
      const { url } = await store.node(shop(pages), { logger: log.logger })
      const visitor = new Visitor()
      for (let n = 0; n < 2; n += 1) {
        for (const path of ['/max-age', '/is-new']) expect((await visitor.get(url, path)).status).toBe(200)
        expect((await visitor.get(url, '/save')).status).toBe(500)
      }
      expect(warnedIn(log)).toEqual([
        "warn maxAge: ctx.scopes.session.timeout, such as ctx.scopes.session.timeout = '30d'",
        'warn isNew: ctx.scopes.session.isNew',
        'warn save: nothing, since changes are saved with the response, or await ctx.scopes.session.commit()',
      ])
      expect((await visitor.get(url, '/read')).json()).toEqual({ maxAge: 3_600_000 })
    })

    test('211. ctx.session = null is an error that says how a session ends', async ({ store }) => {
      const log = new LogLines()
      const { url } = await store.node(shop(pages), { logger: log.logger })
      expect((await new Visitor().get(url, '/null')).status).toBe(500)
      const errors = log.shown.map(({ fields }) => String((fields.err as Error | undefined)?.message))
      expect(errors).toContainEqual(expect.stringContaining('to end it, await ctx.scopes.session.invalidate()'))
    })

    test('211. attributes of these names, and clients, are nothing to warn of', async ({ store }) => {
      const log = new LogLines()
      const { url } = await store.node(shop(pages), { logger: log.logger })
      const visitor = new Visitor()
      expect((await visitor.get(url, '/own')).json()).toEqual(['of a finger', 'oatmeal', false])
      await visitor.get(url, '/read')
      await visitor.get(url, '/client')
      expect(warnedIn(log)).toEqual([])
    })
  })
})
