import { describe, expect, it, vi } from 'vitest'
import { Inbox } from '../../../src/http/sockets/inbox.js'
import { Gate } from '../../support/gate.js'

/** An inbox whose first message is held, so that the others wait. */
function held(most: { readonly messages: number; readonly bytes: number }) {
  const gate = new Gate()
  const handled: string[] = []
  const source = { pause: vi.fn(), resume: vi.fn() }
  const inbox = new Inbox<string>({
    source,
    most,
    async handle(message) {
      handled.push(message)
      await gate.pass()
    },
  })
  return { gate, handled, inbox, source }
}

describe('an inbox', () => {
  it('handles one message after the other', async () => {
    const { gate, handled, inbox } = held({ messages: 10, bytes: 10 })
    for (const message of 'abc') inbox.put(message, 1)
    await gate.reached
    expect(handled).toEqual(['a'])
    gate.open()
    await inbox.idle()
    expect(handled).toEqual(['a', 'b', 'c'])
  })

  it.each([
    ['messages', { messages: 2, bytes: 1_000 }, 1],
    ['bytes', { messages: 1_000, bytes: 20 }, 10],
  ])('pauses its source while too many %s wait, and takes what still comes', async (_, most, size) => {
    const { gate, handled, inbox, source } = held(most)
    inbox.put('a', size)
    inbox.put('b', size)
    expect(source.pause).not.toHaveBeenCalled()
    inbox.put('c', size)
    inbox.put('d', size)
    expect(source.pause).toHaveBeenCalledTimes(1)
    expect(inbox.isPaused).toBe(true)
    gate.open()
    await inbox.idle()
    expect(handled).toEqual(['a', 'b', 'c', 'd'])
    expect(source.resume).toHaveBeenCalledTimes(1)
    expect(inbox.isPaused).toBe(false)
  })

  it('that is stopped finishes the message under way, drops the others, and reads on', async () => {
    const { gate, handled, inbox, source } = held({ messages: 1, bytes: 10 })
    inbox.put('a', 1)
    inbox.put('b', 1)
    await gate.reached
    let isDone = false
    const stopped = inbox.stop().then(() => {
      isDone = true
    })
    inbox.put('c', 1)
    await Promise.resolve()
    expect(isDone).toBe(false)
    expect(source.resume).toHaveBeenCalledTimes(1)
    gate.open()
    await stopped
    expect(handled).toEqual(['a'])
  })
})
