import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { type ChatNode, startNode } from '../../examples/chat/node.js'
import { Room } from '../../examples/chat/room.js'
import { silentLogger } from '../../src/support/logger.js'
import { withFolder } from '../support/container.js'
import { Visitor } from '../support/visitor.js'
import { TestSocket } from '../support/web-socket.js'

const soon = { interval: 10, timeout: 20_000 }

let nodes: ChatNode[]
let leave: () => void
let gone: Promise<void>

beforeEach(async () => {
  const room = new Room()
  nodes = []
  await new Promise<void>((resolve) => {
    gone = withFolder(async (folder) => {
      for (const [index, name] of ['a', 'b'].entries()) {
        const peer = () => nodes[1 - index]?.server.url ?? ''
        nodes.push(await startNode({ name, port: 0, folder, room, peer, timeout: '5m', logger: silentLogger }))
      }
      const left = new Promise<void>((done) => {
        leave = done
      })
      resolve()
      await left
    })
  })
})

afterEach(async () => {
  await Promise.all(nodes.map(({ container }) => container.close()))
  leave()
  await gone
})

const urlOf = (index: number) => nodes[index]?.server.url ?? ''

async function loggedIn(name: string): Promise<Visitor> {
  const visitor = new Visitor()
  await visitor.get(urlOf(0), '/login', { method: 'POST', body: new URLSearchParams({ name }) })
  return visitor
}

const said = (socket: TestSocket) =>
  socket.messages
    .map((message) => JSON.parse(message))
    .flatMap(({ line }) => (line ? [`${line.from}: ${line.text}`] : []))

it('the chat passes lines between its nodes, and counts them in the session', async () => {
  const [ada, bob] = [await loggedIn('Ada'), await loggedIn('Bob')]
  const [first, second] = [
    await TestSocket.open(`${urlOf(0)}/chat`, ada, { headers: { origin: urlOf(0) } }),
    await TestSocket.open(`${urlOf(1)}/chat`, bob, { headers: { origin: urlOf(1) } }),
  ]
  first.send('hello', 'anybody there?')
  await vi.waitFor(() => expect(said(second)).toEqual(['Ada: hello', 'Ada: anybody there?']), soon)
  second.send('yes')
  await vi.waitFor(() => expect(said(first).at(-1)).toBe('Bob: yes'), soon)
  const late = await TestSocket.open(`${urlOf(1)}/chat`, ada)
  await vi.waitFor(() => expect(said(late)).toEqual(['Ada: hello', 'Ada: anybody there?', 'Bob: yes']), soon)
  expect((await ada.get(urlOf(1))).text).toContain('<span id="count">2</span>')
})

it('the chat closes the sockets of a visitor who logs out on the other node', async () => {
  const [ada, bob] = [await loggedIn('Ada'), await loggedIn('Bob')]
  const sockets = [await TestSocket.open(`${urlOf(0)}/chat`, ada), await TestSocket.open(`${urlOf(1)}/chat`, ada)]
  const other = await TestSocket.open(`${urlOf(1)}/chat`, bob)
  await ada.get(urlOf(1), '/logout', { method: 'POST' })
  expect(await Promise.all(sockets.map(({ closed }) => closed))).toEqual([1008, 1008])
  expect(other.socket.readyState).toBe(1)
})

it('the chat lets in neither strangers nor pages of another site', async () => {
  const stranger = await TestSocket.open(`${urlOf(0)}/chat`)
  expect(stranger.refused).toMatchObject({ status: 401, text: 'Log in first.' })
  const ada = await loggedIn('Ada')
  const evil = await TestSocket.open(`${urlOf(0)}/chat`, ada, { headers: { origin: 'https://evil.example' } })
  expect(evil.refused).toMatchObject({ status: 403 })
})

it('the page of the chat has no inline code, and its files are there', async () => {
  const ada = await loggedIn('<b>Ada</b>')
  for (const visitor of [new Visitor(), ada]) {
    const { headers, text } = await visitor.get(urlOf(0))
    expect(headers.get('content-security-policy')).toContain("script-src 'self'")
    expect(text).not.toMatch(/<style|<script(?! type="module" src=)| on\w+=|style=|<b>/)
    for (const [, file] of text.matchAll(/(?:src|href)="([\w.]+)"/g))
      expect((await visitor.get(urlOf(0), `/${file}`)).status).toBe(200)
  }
  const { status } = await new Visitor().get(urlOf(0), '/login', {
    method: 'POST',
    body: new URLSearchParams({ name: ' ' }),
  })
  expect(status).toBe(400)
})
