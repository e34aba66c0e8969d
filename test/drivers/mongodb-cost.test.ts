import { Socket } from 'node:net'
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { attributes, life, minute, start, type TestSpace } from '../../src/testing/suite/test-space.js'
import { deadlineOf } from '../support/deadline.js'
import { anyMongo } from '../support/mongo-server.js'
import { emptySpace } from './mongodb-fixture.js'

const server = await anyMongo()
afterAll(() => server.stop())

const seal = 'LPJNul-wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ'
const version = 'Xz81kLm0pQ2r.4f'
const names = Array.from({ length: 50 }, (_, n) => `attribute-${n}`)
/** As a session is in practice: 50 attributes and 20 KB. */
const record = { version, seal, set: attributes(Object.fromEntries(names.map((name) => [name, 'x'.repeat(400)]))) }

/** The commands that a call sends, by name, and its bytes to and from the server, without the client's own questions. */
async function traffic(call: () => Promise<unknown>) {
  const write = vi.spyOn(Socket.prototype, 'write')
  const sockets = new Map<Socket, number>()
  onTestFinished(() => void vi.restoreAllMocks())
  const commands: string[] = []
  const texts: string[] = []
  let sent = 0
  write.mockImplementation(function (this: Socket, ...parameters: unknown[]) {
    const [chunk] = parameters
    const name = chunk instanceof Uint8Array ? commandIn(chunk) : undefined
    if (name !== undefined) {
      commands.push(name)
      texts.push(Buffer.from(chunk as Uint8Array).toString('latin1'))
      sent += (chunk as Uint8Array).byteLength
      if (!sockets.has(this)) sockets.set(this, this.bytesRead)
    }
    return Reflect.apply(original, this, parameters)
  } as never)
  await call()
  write.mockRestore()
  let received = 0
  for (const [socket, before] of sockets) received += socket.bytesRead - before
  return { commands, texts, sent, received }
}

const original = Socket.prototype.write

/** The first member of a message is named for its command. */
const commandIn = (message: Uint8Array): string | undefined =>
  /^(find|findAndModify|update|delete|aggregate|insert|createIndexes)$/.exec(
    /^[\s\S]{26}([A-Za-z]+)\0/.exec(Buffer.from(message.subarray(0, 80)).toString('latin1'))?.[1] ?? '',
  )?.[1]

async function storedRecord(): Promise<TestSpace> {
  const space = await emptySpace({ url: server.url })
  await space.create('a', record)
  return space
}

const touch = { touchedAt: start, hits: 1 }

describe(`what the driver mongodb sends to ${server.name}`, () => {
  it('is one command of under 1 KB each way for a load with its touch of a version that this node holds', async () => {
    const space = await storedRecord()
    const { commands, sent, received } = await traffic(() => space.load('a', { seal, ifChangedSince: version, touch }))
    expect(commands).toEqual(['findAndModify'])
    expect(
      [sent, received].every((size) => size > 100 && size < 1_000),
      `${sent} and ${received} bytes`,
    ).toBe(true)
  })

  it('is one command for a load of what this node does not hold, and two if it holds another version', async () => {
    const space = await storedRecord()
    expect((await traffic(() => space.load('a', { seal, touch }))).commands).toEqual(['findAndModify'])
    expect((await traffic(() => space.load('a', { seal }))).commands).toEqual(['find'])
    const changed = await traffic(() => space.load('a', { seal, ifChangedSince: 'another', touch }))
    expect(changed.commands).toEqual(['findAndModify', 'findAndModify'])
  })

  it('does not bring the attributes to a stranger', async () => {
    const space = await storedRecord()
    const { commands, received } = await traffic(() => space.load('a', { seal: 'wrong', touch }))
    expect(commands).toEqual(['findAndModify', 'find'])
    expect(received).toBeLessThan(1_500)
  })

  it.each([
    ['one attribute', { set: attributes({ cart: '1' }), dropIfEmpty: true, touch }],
    ['a removal', { unset: ['attribute-1'] }],
    ['a login', { reseal: { from: seal, to: 'other', replaced: '' }, principal: 'ada', set: attributes({ a: '1' }) }],
    ['a save under a version', { ifVersion: version, set: attributes({ cart: '1' }) }],
    ['an end', { ending: 'logout' }],
  ])('is one command for %s, and no attribute comes back', async (_, change) => {
    const space = await storedRecord()
    const { commands, sent, received } = await traffic(() => space.update('a', change))
    expect(commands).toEqual(['findAndModify'])
    expect(sent).toBeLessThan(1_200)
    expect(received).toBeLessThan(500)
  })

  it('is one command for a lock and its release, and two for a create and a change of life', async () => {
    const space = await storedRecord()
    expect((await traffic(() => space.create('b', { set: attributes({ a: '1' }) }))).commands).toEqual([
      'update',
      'update',
    ])
    const lock = { now: start, token: 't', leaseMs: minute }
    expect((await traffic(async () => space.space.lock?.('a', lock))).commands).toEqual(['update'])
    expect((await traffic(async () => space.space.unlock?.('a', lock))).commands).toEqual(['update'])
    const changed = await traffic(() => space.update('a', { life: { idleMs: minute } }))
    expect(changed.commands).toEqual(['find', 'update'])
    expect(changed.received).toBeLessThan(1_500)
  })

  it('is never an upsert with an expression in its filter, which MongoDB refuses and the stand-in does not', async () => {
    const space = await emptySpace({ url: server.url })
    const { texts, commands } = await traffic(async () => {
      const deadline = deadlineOf(new AbortController().signal, 60_000)
      const create = { mode: 'create', id: 'a', version, seal, life } as const
      await space.space.save(create, { now: start, deadline })
      await space.driver.objects?.('pages').set('key', new Uint8Array(1), { now: start, ttlMs: null, deadline })
    })
    expect(commands).toEqual(['createIndexes', 'update', 'update', 'createIndexes', 'update', 'update', 'update'])
    // BSON writes a true as 1 behind the name.
    const upserts = texts.filter((text) => text.includes('upsert\0\x01'))
    expect(upserts.length).toBe(2)
    expect(upserts.filter((text) => text.includes('$expr'))).toEqual([])
    expect(texts.filter((text) => text.includes('$$NOW')).length).toBe(3)
  })

  it('is three commands for the claims of a hundred records, and one for none', async () => {
    const space = await emptySpace({ url: server.url })
    await Promise.all(Array.from({ length: 100 }, (_, n) => space.create(`${n}`)))
    expect((await traffic(() => space.claim())).commands).toEqual(['find'])
    space.pass(life.idleMs)
    expect((await traffic(() => space.claim({ limit: 100 }))).commands).toEqual(['find', 'update', 'find'])
  })
})
