import { describe, expect, it } from 'vitest'
import { Watch } from '../../../src/scopes/ends/watch.js'
import type { Space } from '../../../src/storage/contract.js'
import { ManualClock } from '../../../src/testing/manual-clock.js'
import { Gate } from '../../support/gate.js'
import { memorySpace, scopeEnvironment } from '../../support/scope-environment.js'

/** A store whose notices begin when `gate` opens; before, it fails for so many times. */
function watching(gate: Gate, failures = 0) {
  const clock = new ManualClock()
  const heard: string[] = []
  let left = failures
  const watchSpace: Space['watch'] = async () => {
    if (left-- > 0) throw new Error('the store is unavailable')
    await gate.pass()
    return async () => void heard.push('unwatched')
  }
  const space = Object.assign(memorySpace(), { watch: watchSpace })
  const listener = { onChange() {}, onGap: () => void heard.push('gap') }
  const watch = new Watch(scopeEnvironment({ space, clock }), listener)
  watch.start()
  return { watch, clock, heard }
}

describe('a watch', () => {
  it('reports a gap when notices begin: what was loaded before may have changed unheard', async () => {
    const gate = new Gate()
    const { watch, clock, heard } = watching(gate)
    await gate.reached
    expect({ isListening: watch.isListening, heard }).toEqual({ isListening: false, heard: [] })
    gate.open()
    await clock.advance(0)
    expect({ isListening: watch.isListening, heard }).toEqual({ isListening: true, heard: ['gap'] })
    await watch.stop()
    expect(heard).toEqual(['gap', 'unwatched'])
  })

  it('tries until the store is available', async () => {
    const gate = new Gate()
    gate.open()
    const { watch, clock, heard } = watching(gate, 5)
    await clock.advance(0)
    await clock.advance(60_000)
    expect({ isListening: watch.isListening, heard }).toEqual({ isListening: true, heard: ['gap'] })
    await watch.stop()
  })
})
