import { PassThrough } from 'node:stream'
import { defineApplication } from 'koa-scopes'

interface Scopes {
  session: { news?: string[] }
}

/**
 * Server-sent events that are bound to a session: `GET /events` streams what `POST /news` adds, on this node, and ends with
 * the session. A browser reads it with `new EventSource('/events')`.
 */
export const events = defineApplication<Scopes>({
  setup(app) {
    const listeners = new Map<PassThrough, string | undefined>()
    app.use(async (ctx) => {
      if (ctx.path === '/events') {
        const connection = await app.connect(ctx.req)
        const stream = new PassThrough()
        ctx.type = 'text/event-stream'
        ctx.body = stream // Koa destroys it when the visitor has gone, or an error is answered
        stream.once('close', () => {
          listeners.delete(stream)
          connection.close()
        })
        connection.onEnd((reason) => stream.end(`event: end\ndata: ${reason}\n\n`))
        listeners.set(stream, connection.sessionId)
        stream.write(`data: ${JSON.stringify(await connection.run(({ session }) => session.news ?? []))}\n\n`)
      } else if (ctx.path === '/news') {
        ctx.session.news = [...(ctx.session.news ?? []), String(ctx.query.add)]
        for (const [stream, id] of listeners)
          if (id === ctx.session.sessionid) stream.write(`data: ${JSON.stringify(ctx.session.news)}\n\n`)
        ctx.body = ctx.session.news
      } else if (ctx.path === '/logout') {
        await ctx.scopes.session.invalidate()
        ctx.body = {}
      }
    })
  },
})
