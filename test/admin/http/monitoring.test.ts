import { expect, it } from 'vitest'
import { operatedNode } from '../../support/admin-node.js'
import { rawStatus, token } from '../../support/admin-site.js'
import { Visitor } from '../../support/visitor.js'

const bearer = { headers: { authorization: `Bearer ${token}` } }

it('tells load balancers on the port of the admin page whether the node is ready, without a token', async () => {
  const { adminUrl } = await operatedNode()
  const stranger = new Visitor()
  expect((await stranger.get(adminUrl, '/healthz/live')).json()).toEqual({ status: 'live' })
  expect((await stranger.get(adminUrl, '/healthz/ready')).json()).toEqual({ status: 'ready' })
  expect((await stranger.get(adminUrl, '/healthz')).json()).toEqual({ status: 'ready', caches: { up: 3, down: 0 } })
})

it('answers a target that only looks like a path of health with 404', async () => {
  const node = await operatedNode()
  for (const target of ['x://a/healthz', 'ftp://127.0.0.1/healthz/live'])
    expect(await rawStatus(node, target)).toBe(404)
  expect(await rawStatus(node, 'http://127.0.0.1/healthz')).toBe(200)
})

it('shows declared metrics to whoever has the token, and the figures are those of this node', async () => {
  const { adminUrl, url } = await operatedNode({ metrics: {} })
  await new Visitor().get(url, '/put?name=ada')
  const stranger = new Visitor()
  expect((await stranger.get(adminUrl, '/metrics')).status).toBe(401)
  const { headers, text } = await stranger.get(adminUrl, '/metrics', bearer)
  expect(headers.get('content-type')).toContain('text/plain')
  expect(text).toMatch(/koa_scopes_commits_total\{[^}]*outcome="saved"[^}]*\} 1/)
})

it('has no metrics where none are declared', async () => {
  const { adminUrl } = await operatedNode()
  expect((await new Visitor().get(adminUrl, '/metrics', bearer)).status).toBe(404)
})
