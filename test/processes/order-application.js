import { once } from 'node:events'

/**
 * Tells how many lines the visitor's order has, and adds one to it, deep inside. Not TypeScript, for the built package
 * to load it as fast as it can.
 *
 * @type {import('../../src/index.js').ApplicationDefinition<{ session: { order: { lines: number[], at: Map<string, Date> } } }>}
 */
const application = {
  setup(app) {
    app.use(async (ctx) => {
      ctx.session.order ??= { lines: [], at: new Map() }
      const { lines, at } = ctx.session.order
      ctx.set({ Lines: String(lines.length), Times: String(at.size) })
      if (ctx.path === '/slow') await untilStopping()
      lines.push(lines.length)
      at.set(`line ${lines.length}`, new Date())
      ctx.body = 'added'
    })
  },
}

export default application

/** Says so, too, for the test to send the signal now. */
async function untilStopping() {
  console.log('a slow request is running')
  await once(process, 'SIGTERM')
}
