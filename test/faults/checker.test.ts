import { describe, expect, it } from 'vitest'
import { check, type Forgotten, type Verdict } from './checker.js'
import type { FinalState } from './inspection.js'
import type { Attributes, Operation } from './operation.js'

const owner = { owner: 'ada', life: '1' }

/** A log, one operation a second, each of a tenth of it. */
class Log {
  readonly operations: Operation[] = []
  #cookie = ''

  begin(): this {
    return this.#add('begin', { seen: {}, received: 'id.1' })
  }

  write(value: string, { status = 200, seen = owner }: { status?: number; seen?: Attributes } = {}): this {
    return this.#add('write', { status, wrote: { counter: 'a', value }, ...(status === 200 && { seen }) })
  }

  read(seen: Attributes): this {
    return this.#add('read', { seen })
  }

  rotate(received: string, seen: Attributes = owner): this {
    return this.#add('rotate', { seen, received })
  }

  logout({ status = 200, seen = owner }: { status?: number; seen?: Attributes } = {}): this {
    return this.#add('logout', { status, ...(status === 200 && { seen, received: '' }) })
  }

  #add(kind: Operation['kind'], part: Partial<Operation>): this {
    const start = this.operations.length
    const cookie = this.#cookie ? { cookie: this.#cookie } : {}
    const common = { visitor: 'ada', life: 1, kind, node: 0, start, end: start + 0.1, status: 200, ...cookie }
    this.operations.push({ ...common, ...part })
    this.#cookie = part.received || this.#cookie
    return this
  }
}

/** The store at the end; every cookie but the last is dead. */
const left = (attributes: Attributes, byCookie: Record<string, Attributes> = {}): FinalState => ({
  byId: new Map([['id', attributes]]),
  byCookie: new Map(Object.entries({ 'id.1': attributes, ...byCookie })),
})

const judge = ({ operations }: Log, final: FinalState, forgotten?: Forgotten): Verdict =>
  check(operations, { final, ...(forgotten && { forgotten }) })

const innocent = { lost: [], lostByStore: [], foreign: [], revived: [], reopened: [] }

describe('the checker of fault runs', () => {
  it('finds nothing where all is well', () => {
    const log = new Log()
      .begin()
      .write('1')
      .read({ ...owner, a: '1' })
      .rotate('id.2', { ...owner, a: '1' })
    expect(judge(log, left({ ...owner, a: '1' }, { 'id.1': {}, 'id.2': { ...owner, a: '1' } }))).toMatchObject(innocent)
    expect(
      judge(
        new Log()
          .begin()
          .write('1')
          .logout({ seen: { ...owner, a: '1' } }),
        left({}),
      ),
    ).toMatchObject(innocent)
  })

  it('finds an acknowledged write that is lost, at the next request and at the end', () => {
    const log = new Log().begin().write('1').write('2')
    expect(judge(log, left({ ...owner, a: '1' })).lost).toEqual(['1', '2'])
    expect(judge(log.read({ ...owner, a: '2' }), left({ ...owner, a: '2' })).lost).toEqual(['1'])
  })

  it('finds a write that came late, over a later one that was acknowledged', () => {
    const log = new Log().begin().write('1', { status: 503 }).write('2')
    expect(judge(log, left({ ...owner, a: '1' })).lost).toEqual(['2'])
  })

  it('finds a session that is lost as a whole', () => {
    expect(judge(new Log().begin().write('1'), left({})).lost).toEqual(['ada/1 at Infinity'])
  })

  it('tells what became of a write without an answer', () => {
    const log = () => new Log().begin().write('1').write('2', { status: 503, seen: owner })
    expect(judge(log(), left({ ...owner, a: '2' })).uncertain).toEqual({ applied: 1, notApplied: 0, overtaken: 0 })
    expect(judge(log(), left({ ...owner, a: '1' })).uncertain).toEqual({ applied: 0, notApplied: 1, overtaken: 0 })
    const overtaken = log().write('3', { status: 503 })
    expect(judge(overtaken, left({ ...owner, a: '3' })).uncertain).toEqual({ applied: 1, notApplied: 0, overtaken: 1 })
  })

  it('finds a session in the hands of somebody else', () => {
    const log = new Log().begin().read({ owner: 'eve', life: '1' })
    expect(judge(log, left(owner)).foreign).toEqual(['ada/1 at 1: eve/1'])
  })

  it('finds a session that is back after its logout, and excuses one that may not have been ended', () => {
    expect(judge(new Log().begin().logout(), left(owner)).revived).toEqual(['ada/1 at Infinity'])
    expect(judge(new Log().begin().logout({ status: 503 }), left(owner))).toMatchObject(innocent)
    expect(judge(new Log().begin().logout({ status: 503 }), left({}))).toMatchObject(innocent)
  })

  it('finds a session that opens to the cookie of before the rotation', () => {
    const log = new Log().begin().rotate('id.2')
    expect(judge(log, left(owner, { 'id.2': owner })).reopened).toEqual(['ada/1 at Infinity'])
  })

  it('sets apart what the store itself had forgotten', () => {
    const log = new Log().begin().write('1')
    expect(judge(log, left(owner), { from: 1, to: 2 })).toMatchObject({ ...innocent, lostByStore: ['1'] })
    expect(judge(log, left(owner), { from: 1.2, to: 2 })).toMatchObject({ ...innocent, lost: ['1'] })
  })
})
