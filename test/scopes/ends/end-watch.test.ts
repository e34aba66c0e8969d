import { beforeEach, describe, expect, it } from 'vitest'
import { EndWatch } from '../../../src/scopes/ends/end-watch.js'
import { memorySpace, scopeEnvironment } from '../../support/scope-environment.js'

const space = memorySpace()
const environment = scopeEnvironment({ space })
const now = environment.clock.now()

let watch: EndWatch
let heard: string[]
const hears = (what: string) => () => void heard.push(what)

beforeEach(() => {
  watch = new EndWatch(environment)
  heard = []
})

describe('listeners of the end of a record', () => {
  it('hear of it once each, and of no other record', () => {
    watch.add('a', hears('first'))
    watch.add('a', hears('second'))
    watch.add('b', hears('other'))
    watch.ended('a')
    watch.ended('a')
    expect(heard).toEqual(['first', 'second'])
  })

  it('hear of it though another one throws', () => {
    watch.add('a', () => {
      throw new Error('the connection is closed')
    })
    watch.add('a', hears('second'))
    watch.ended('a')
    expect(heard).toEqual(['second'])
  })

  it('that stopped listening do not hear of it', () => {
    const stop = watch.add('a', hears('first'))
    watch.add('a', hears('second'))
    stop()
    stop()
    watch.ended('a')
    expect(heard).toEqual(['second'])
  })

  it('hear at a look of the records that the store has no longer', async () => {
    const life = { idleMs: null, endsAt: null }
    await space.save({ mode: 'create', id: 'present', version: '1', seal: 'seal', life }, { now })
    watch.add('present', hears('present'))
    watch.add('absent', hears('absent'))
    await watch.look()
    expect(heard).toEqual(['absent'])
  })
})
