import { describe, expect, it } from 'vitest'
import { Turns } from '../../src/support/turns.js'
import { Gate } from './gate.js'

describe('turns', () => {
  it('run one after the other, in the order they were given', async () => {
    const turns = new Turns()
    const gate = new Gate()
    const log: string[] = []
    const first = turns.run(async () => {
      log.push('first begins')
      await gate.pass()
      log.push('first ends')
    })
    const second = turns.run(async () => void log.push('second'))
    await gate.reached
    expect(log).toEqual(['first begins'])
    gate.open()
    await Promise.all([first, second])
    expect(log).toEqual(['first begins', 'first ends', 'second'])
  })

  it('give each its own result, and go on after one that fails', async () => {
    const turns = new Turns()
    const failing = turns.run(async () => {
      throw new Error('no')
    })
    const next = turns.run(async () => 2)
    await expect(failing).rejects.toThrow('no')
    expect(await next).toBe(2)
  })
})
