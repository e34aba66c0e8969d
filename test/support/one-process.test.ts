import { expect, it } from 'vitest'
import { freePort } from '../../examples/two-nodes/free-port.js'
import { Gate } from './gate.js'
import { oneProcessAtATime } from './one-process.js'

it('tasks that want the same turn run one after the other, also after one that failed', async () => {
  const port = await freePort()
  const gate = new Gate()
  const order: string[] = []
  const first = oneProcessAtATime(async () => {
    order.push('first begins')
    await gate.pass()
    order.push('first ends')
    throw new Error('failed')
  }, port)
  const others = ['second', 'third'].map((name) =>
    oneProcessAtATime(async () => {
      order.push(`${name} begins`)
      await new Promise((resolve) => setImmediate(resolve))
      order.push(`${name} ends`)
    }, port),
  )
  await expect(Promise.race([...others, new Promise((resolve) => setImmediate(resolve, 'none'))])).resolves.toBe('none')
  gate.open()
  await expect(first).rejects.toThrow('failed')
  await Promise.all(others)
  expect(order.slice(0, 2)).toEqual(['first begins', 'first ends'])
  expect([order[3], order[5]]).toEqual([order[2], order[4]].map((text) => text?.replace('begins', 'ends')))
})
