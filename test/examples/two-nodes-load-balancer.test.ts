import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { freePort } from '../../examples/two-nodes/free-port.js'
import { LoadBalancer } from '../../examples/two-nodes/load-balancer.js'
import { serve, Visitor } from '../support/visitor.js'

describe('the load balancer of the two-nodes example', () => {
  /** A load balancer with one node for each of these listeners, and one that is down. */
  async function loadBalancerOf(
    ...nodes: ((request: IncomingMessage, response: ServerResponse) => void)[]
  ): Promise<LoadBalancer> {
    const servers = await Promise.all(nodes.map((node) => serve(node)))
    const addresses = servers.map(({ url }, n) => ({ name: `${n + 1}`, port: Number(new URL(url).port) }))
    const loadBalancer = await LoadBalancer.listen(0, [...addresses, { name: 'down', port: await freePort() }])
    onTestFinished(async () => {
      await loadBalancer.close()
      for (const server of servers) await server.close()
    })
    return loadBalancer
  }

  const dies = vi.fn((request: IncomingMessage) => request.socket.destroy())
  const echoes = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await text(request)
    response.end(JSON.stringify({ method: request.method, headers: request.headers, body }))
  }

  beforeEach(() => void dies.mockClear())

  it('passes on method, body and cookies, and sends the address of the visitor to the node', async () => {
    const { url } = await loadBalancerOf(echoes)
    const headers = { cookie: 'a=1; b=2', 'x-forwarded-for': '6.6.6.6', 'x-forwarded-proto': 'https' }
    const { body, ...passed } = (await new Visitor().get(url, '/', { method: 'PUT', body: 'tea', headers })).json()
    expect(body).toBe('tea')
    expect(passed).toMatchObject({
      method: 'PUT',
      headers: {
        cookie: 'a=1; b=2',
        host: new URL(url).host,
        'x-forwarded-for': expect.stringMatching(/127\.0\.0\.1$/),
        'x-forwarded-host': new URL(url).host,
        'x-forwarded-proto': 'http',
      },
    })
  })

  it('passes every cookie of an answer on', async () => {
    const { url } = await loadBalancerOf((_, response) => response.setHeader('Set-Cookie', ['a=1', 'b=2']).end())
    expect((await new Visitor().get(url)).setCookie).toEqual(['a=1', 'b=2'])
  })

  it('tries another node if one cannot be reached, with any method', async () => {
    const { url } = await loadBalancerOf(echoes)
    for (const method of ['GET', 'POST', 'GET', 'POST'])
      expect((await new Visitor().get(url, '/', { method })).json()).toMatchObject({ method })
  })

  it('repeats a request during which a node died only if its method allows it', async () => {
    const { url } = await loadBalancerOf(dies, dies)
    expect((await new Visitor().get(url)).status).toBe(502)
    expect(dies).toHaveBeenCalledTimes(2)
    expect((await new Visitor().get(url, '/', { method: 'POST' })).status).toBe(502)
    expect(dies).toHaveBeenCalledTimes(3)
  })

  it('reports which nodes are up', async () => {
    const { url } = await loadBalancerOf(echoes)
    const visitor = new Visitor()
    await visitor.get(url)
    await visitor.get(url)
    expect((await visitor.get(url)).json().headers['x-nodes-up']).toBe('1')
  })
})
