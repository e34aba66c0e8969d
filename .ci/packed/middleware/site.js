import { once } from 'node:events'
import { testContainer, visitor } from 'koa-scopes/testing'

/**
 * Serves an application on a port, for the length of a test. `definition`: its `setup`, or all of it; `settings`: of the application.
 *
 * @returns the node, its URL, and a maker of visitors
 */
export async function serveSite(t, definition, settings = {}) {
  const shop = typeof definition === 'function' ? { setup: definition } : definition
  const node = await testContainer({ applications: { shop: { session: {}, ...settings } } }, { applications: { shop } })
  t.after(() => node.close())
  const server = await node.container.listen()
  return { node, url: server.url, sessions: node.application('shop').sessions, visit: () => visitor(server) }
}

/** Serves a Koa app of its own, whose middleware gets the container of an application without a `setup`. */
export async function serveOwnApp(t, app, settings = {}, definition = {}) {
  const node = await testContainer(
    { applications: { shop: { session: {}, ...settings } } },
    { applications: { shop: definition } },
  )
  t.after(() => node.close())
  return {
    node,
    container: node.container,
    sessions: node.application('shop').sessions,
    async listen() {
      const server = app.listen(0, '127.0.0.1')
      await once(server, 'listening')
      t.after(() => {
        server.close()
        server.closeAllConnections()
      })
      const { port } = server.address()
      const url = `http://127.0.0.1:${port}`
      return { url, visit: () => visitor(url) }
    },
  }
}

export const json = async (response) => (await response).json()
