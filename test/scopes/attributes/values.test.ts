import { describe, expect, it } from 'vitest'
import { Attributes } from '../../../src/scopes/attributes/attributes.js'
import type { Delta } from '../../../src/scopes/attributes/delta.js'
import { contentOf, placeOf } from '../../../src/scopes/attributes/place.js'
import { Values } from '../../../src/scopes/attributes/values.js'
import { ManualClock } from '../../../src/testing/manual-clock.js'
import { LogLines } from '../../support/log-lines.js'
import { scopeEnvironment } from '../../support/scope-environment.js'

const opened = () => new Values(scopeEnvironment(), 'id', new Map())

/** The places and texts that a delta sets, in its order. */
const placesIn = ({ set }: Delta) => [...set].map(([name, stored]) => [name, placeOf(stored)] as const)
const textsIn = ({ set }: Delta) => [...set.values()].map((stored) => Buffer.from(contentOf(stored)).toString())

/** Assigns in one request, and commits. */
function assign(values: Values, content: object): Delta {
  const attributes = new Attributes(values)
  for (const [name, value] of Object.entries(content)) attributes.set(name, value)
  const delta = attributes.delta()
  values.accept(delta)
  return delta
}

describe('an attribute that cannot be decoded', () => {
  it('is a warning without a stack, once a minute for each name however many records have it', () => {
    const log = new LogLines()
    const clock = new ManualClock()
    const environment = scopeEnvironment({ log: log.logger, clock })
    const readFrom = (id: string, name: string) =>
      new Values(environment, id, new Map([[name, Buffer.from([0, 0xff, 0xff])]])).read(name)
    for (const id of ['a', 'b', 'c']) expect(readFrom(id, 'cart')).toBeUndefined()
    readFrom('a', 'price')
    const fields = { scope: 'session', code: 'VALUE_UNDECODABLE', reason: expect.any(String) }
    const message = 'an attribute cannot be decoded'
    const warned = (attribute: string, id: string, before: number) => ({
      level: 'warn',
      message,
      fields: { ...fields, attribute, id, before },
    })
    expect(log.shown).toEqual([warned('cart', 'a', 0), warned('price', 'a', 0)])
    expect(log.all).toHaveLength(4)
    clock.jump(60_000)
    readFrom('d', 'cart')
    expect(log.shown.at(-1)).toEqual(warned('cart', 'd', 2))
  })
})

describe('the places of attributes', () => {
  it('follow their assignment, not the order in which they were touched', () => {
    const attributes = new Attributes(opened())
    attributes.set('a', 1)
    attributes.delete('a')
    attributes.set('b', 1)
    attributes.set('c', 1)
    attributes.set('a', 2)
    attributes.set('b', 2)
    expect(attributes.names()).toEqual(['b', 'c', 'a'])
    expect(new Map(placesIn(attributes.delta()))).toEqual(new Map(Object.entries({ b: 0, c: 1, a: 2 })))
  })

  it('stay with what is changed, and do not count as a change', () => {
    const values = opened()
    assign(values, { z: 1, m: 1, a: 1 })
    expect(placesIn(assign(values, { m: 2 }))).toEqual([['m', 1]])
    expect(assign(values, { m: 2, a: 1 }).set.size).toBe(0)
    expect(textsIn(assign(values, { a: 2 }))).toEqual(['\x012'])
  })

  it('stay with what is removed and assigned again before a commit, and are given anew after one', () => {
    const values = opened()
    assign(values, { z: 1, m: 1, a: 1 })
    const attributes = new Attributes(values)
    attributes.delete('z')
    attributes.set('z', 2)
    expect(placesIn(attributes.delta())).toEqual([['z', 0]])
    attributes.set('z', 1)
    expect(attributes.delta().set.size).toBe(0)
    attributes.delete('z')
    values.accept(attributes.delta())
    expect(placesIn(assign(values, { z: 2 }))).toEqual([['z', 3]])
    expect(values.names()).toEqual(['m', 'a', 'z'])
  })

  it('are not those of attributes that another request has removed and not yet committed', () => {
    const values = opened()
    assign(values, { z: 1, m: 1 })
    const other = new Attributes(values)
    other.delete('m')
    other.set('m', 2)
    expect(placesIn(assign(values, { a: 1 }))).toEqual([['a', 2]])
  })

  it('that a hostile writer made the highest leave the order to the names', () => {
    const stored = new Map([['a', Buffer.from([127, 127, 127, 127, 63, 1, 0x31])]])
    const values = new Values(scopeEnvironment(), 'id', stored)
    assign(values, { c: 1, b: 1 })
    expect(values.names()).toEqual(['a', 'b', 'c'])
    expect(new Attributes(values).get('a')).toBe(1)
  })
})
