import { describe, expect, it } from 'vitest'
import { Watch } from '../../../src/scopes/ends/watch.js'
import type { ChangeListener, ChangeNotice, Space } from '../../../src/storage/contract.js'
import { ManualClock } from '../../../src/testing/manual-clock.js'
import { Gate } from '../../support/gate.js'
import { LogLines } from '../../support/log-lines.js'
import { memorySpace, scopeEnvironment } from '../../support/scope-environment.js'

/** A store whose notices begin when `gate` opens; before, it fails for so many times. */
function watching(gate: Gate, failures = 0, listener: Partial<ChangeListener> = {}) {
  const clock = new ManualClock()
  const log = new LogLines()
  const heard: string[] = []
  /** What the driver calls. */
  const listeners = new Set<ChangeListener>()
  let left = failures
  const watchSpace: Space['watch'] = async (given) => {
    if (left-- > 0) throw new Error('the store is unavailable')
    await gate.pass()
    listeners.add(given)
    return async () => {
      listeners.delete(given)
      heard.push('unwatched')
    }
  }
  const space = Object.assign(memorySpace(), { watch: watchSpace })
  const hearing = { onChange() {}, onGap: () => void heard.push('gap'), ...listener }
  const watch = new Watch(scopeEnvironment({ space, clock, log: log.logger }), hearing)
  watch.start()
  return { watch, clock, heard, listeners, log }
}

function openGate(): Gate {
  const gate = new Gate()
  gate.open()
  return gate
}

const notice: ChangeNotice = { kind: 'saved', id: 'a', version: 'v1' }

/** A listener that fails so many times. */
function failing(times: number): () => void {
  let left = times
  return () => {
    if (left-- > 0) throw new Error('a bug')
  }
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

  it('started twice listens once', async () => {
    const { watch, clock, listeners, heard } = watching(openGate())
    watch.start()
    await clock.advance(60_000)
    expect({ listeners: listeners.size, heard }).toEqual({ listeners: 1, heard: ['gap'] })
    await watch.stop()
    expect(listeners.size).toBe(0)
  })

  it('whose gap cannot be taken in says so, and listens anew until it can, never twice at a time', async () => {
    const { watch, clock, listeners, log } = watching(openGate(), 0, { onGap: failing(3) })
    await clock.advance(0)
    expect({ isListening: watch.isListening, listeners: listeners.size }).toEqual({ isListening: false, listeners: 0 })
    await clock.advance(60_000)
    expect({ isListening: watch.isListening, listeners: listeners.size }).toEqual({ isListening: true, listeners: 1 })
    expect(log.shown).toHaveLength(3)
    expect(log.shown[0]).toMatchObject({ level: 'error', fields: { scope: 'session', err: { message: 'a bug' } } })
    await watch.stop()
    expect(listeners.size).toBe(0)
  })

  it('whose gap fails while it is stopped ends all the same', async () => {
    const { watch, clock, listeners } = watching(openGate(), 0, { onGap: failing(1) })
    await clock.advance(0)
    await watch.stop()
    await clock.advance(60_000)
    expect({ isListening: watch.isListening, listeners: listeners.size }).toEqual({ isListening: false, listeners: 0 })
  })

  it('does not hand the errors of its listener to the driver; a change that was not taken in is a gap', async () => {
    const { watch, clock, listeners, heard, log } = watching(openGate(), 0, { onChange: failing(1) })
    await clock.advance(0)
    for (const { onChange } of listeners) {
      onChange(notice)
      onChange(notice)
    }
    expect({ heard, isListening: watch.isListening }).toEqual({ heard: ['gap', 'gap'], isListening: true })
    expect(log.shown).toMatchObject([{ level: 'error', fields: { scope: 'session', err: { message: 'a bug' } } }])
    await watch.stop()
  })

  it('that begins after it was stopped reports nothing and leaves nothing', async () => {
    const gate = new Gate()
    const { watch, clock, listeners, heard } = watching(gate)
    await gate.reached
    const stopping = watch.stop()
    gate.open()
    await stopping
    await clock.advance(60_000)
    expect({ listeners: listeners.size, heard }).toEqual({ listeners: 0, heard: ['unwatched'] })
  })
})
