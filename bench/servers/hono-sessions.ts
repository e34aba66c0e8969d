import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { type Session, type Store, sessionMiddleware } from 'hono-sessions'
import { Redis } from 'ioredis'
import { pageOf, type Visit } from './pages.js'
import { serve, storage } from './serve.js'

type Data = Parameters<Store['persistSessionData']>[1]

const redis = new Redis(storage)
const day = 86_400

/** A store as in the wiki of hono-sessions: JSON under the id. */
const save = async (id: string, session: Data) => void (await redis.set(id, JSON.stringify(session), 'EX', day))
const store: Store = {
  async getSessionById(id = '') {
    const text = await redis.get(id)
    return text === null ? undefined : JSON.parse(text)
  },
  createSession: save,
  persistSessionData: save,
  deleteSession: async (id) => void (await redis.del(id)),
}

/** The pages read and write members, where hono-sessions has `get` and `set`. */
const members: ProxyHandler<Session> = {
  get: (session, name) => session.get(String(name)),
  set(session, name, value) {
    session.set(String(name), value)
    return true
  },
}

const app = new Hono<{ Variables: { session: Session } }>()
app.use(sessionMiddleware({ store, expireAfterSeconds: day, cookieOptions: { path: '/', httpOnly: true } }))
app.get('*', (c) => c.text(pageOf(c.req.path, { session: new Proxy(c.get('session'), members) } as unknown as Visit)))
await serve(getRequestListener(app.fetch))
