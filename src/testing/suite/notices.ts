import type { ChangeNotice, Driver, RecordChange, Space, SpaceOptions } from '../../storage/contract.js'
import type { Suite } from './suite.js'
import { freshVersion, life, minute, type TestSpace } from './test-space.js'

/** Hears what `watch` tells, and waits for what is still on its way. */
class Ear {
  readonly heard: ChangeNotice[] = []
  #onNotice = () => {}

  hear(notice: ChangeNotice): void {
    this.heard.push(notice)
    this.#onNotice()
  }

  async next(kind: ChangeNotice['kind'], id: string): Promise<ChangeNotice> {
    for (;;) {
      const notice = this.heard.find((heard) => heard.kind === kind && heard.id === id)
      if (notice) return notice
      await new Promise<void>((resolve) => {
        this.#onNotice = resolve
      })
    }
  }
}

/** The records of a space, through a connection that tells other nodes what it is asked to. */
class Teller {
  readonly #space: Space
  readonly #now: number

  constructor(driver: Driver, { name, now }: TestSpace, notices: SpaceOptions['notices']) {
    this.#space = driver.space(name, { endGraceMs: minute, ...(notices && { notices }) })
    this.#now = now
  }

  async create(id: string, version = freshVersion()): Promise<void> {
    await this.#save({ mode: 'create', id, version, seal: 'seal', life })
  }

  async update(id: string, change: { ending?: string; dropIfEmpty?: boolean } = {}): Promise<void> {
    await this.#save({ mode: 'update', id, version: freshVersion(), ...change })
  }

  async touch(id: string): Promise<void> {
    await this.#space.load(id, { now: this.#now, touch: { touchedAt: this.#now } })
  }

  /** Everything that has expired when so much time has passed. */
  async claim(afterMs: number): Promise<void> {
    await this.#space.claimExpired({ now: this.#now + afterMs, limit: 10, leaseMs: 1_000 })
  }

  async #save(change: RecordChange): Promise<void> {
    await this.#space.save(change, { now: this.#now })
  }
}

export function noticeCases({ describe, expect, store, when }: Suite): void {
  const { notices } = store.capabilities
  const it = when(notices !== 'none', 'notices is none')
  const withSaves = when(notices === 'all', 'notices is not all')

  /** Listens to the space over one connection, and runs the body with another that tells. */
  async function listening(
    space: TestSpace,
    notices: SpaceOptions['notices'],
    body: (ear: Ear, there: Teller) => Promise<void>,
  ): Promise<void> {
    const ear = new Ear()
    const stop = await space.space.watch?.({ onChange: (notice) => ear.hear(notice), onGap() {} })
    if (!stop) throw new TypeError('The space has no watch')
    await body(ear, new Teller(await store.secondConnection(), space, notices))
    await stop()
  }

  /** Sorted: of different records a store may tell in any order. */
  const kindsOf = (ear: Ear) => ear.heard.map(({ kind, id }) => `${kind} ${id}`).sort()

  describe('notices', () => {
    withSaves('tell what another connection saved and ended', (space) =>
      listening(space, 'all', async (ear, there) => {
        await there.create('a', 'v1')
        const { version = 'v1' } = await ear.next('saved', 'a')
        expect(version).toBe('v1')
        await there.update('a', { ending: 'logout' })
        await ear.next('ended', 'a')
        await there.create('b')
        await ear.next('saved', 'b')
        expect(kindsOf(ear)).toEqual(['ended a', 'saved a', 'saved b'])
      }),
    )

    it('tell of ends alone unless they are asked for all', (space) =>
      listening(space, undefined, async (ear, there) => {
        await there.create('a')
        await there.update('a')
        await there.update('a', { ending: 'logout' })
        await ear.next('ended', 'a')
        expect(kindsOf(ear)).toEqual(['ended a'])
      }))

    it('tell that a record has ended when nothing is left in it', (space) =>
      listening(space, 'ends', async (ear, there) => {
        await there.create('a')
        await there.update('a', { dropIfEmpty: true })
        await ear.next('ended', 'a')
      }))

    it('tell once that a record has expired, when it is claimed', (space) =>
      listening(space, 'ends', async (ear, there) => {
        await there.create('a')
        await there.claim(life.idleMs)
        await there.claim(life.idleMs + minute)
        await there.create('b')
        await there.update('b', { ending: 'logout' })
        await ear.next('ended', 'a')
        await ear.next('ended', 'b')
        expect(kindsOf(ear)).toEqual(['ended a', 'ended b'])
      }))

    withSaves('tell nothing of touches, nor of changes that were refused', (space) =>
      listening(space, 'all', async (ear, there) => {
        await there.create('a')
        await there.touch('a')
        await there.create('a')
        await there.update('missing')
        await there.update('a', { ending: 'logout' })
        await ear.next('ended', 'a')
        expect(kindsOf(ear)).toEqual(['ended a', 'saved a'])
      }),
    )

    it('tell ids of any text', (space) =>
      listening(space, 'all', async (ear, there) => {
        const id = 'a "b"\\c/\u0000 ü 🙂'
        await there.create(id)
        await there.update(id, { ending: 'logout' })
        await ear.next('ended', id)
      }))

    it('do not tell a connection what it has done itself', (space) =>
      listening(space, 'all', async (ear, there) => {
        const here = new Teller(space.driver, space, 'all')
        for (const [teller, id] of [
          [here, 'mine'],
          [there, 'theirs'],
        ] as const) {
          await teller.create(id)
          await teller.update(id, { ending: 'logout' })
        }
        await ear.next('ended', 'theirs')
        expect(ear.heard.filter(({ id }) => id !== 'theirs')).toEqual([])
      }))

    it('tell of this space only', (space) =>
      listening(space, 'all', async (ear, there) => {
        const elsewhere = new Teller(await store.secondConnection(), await store.emptySpace(), 'all')
        for (const [teller, id] of [
          [elsewhere, 'elsewhere'],
          [there, 'here'],
        ] as const) {
          await teller.create(id)
          await teller.update(id, { ending: 'logout' })
        }
        await ear.next('ended', 'here')
        expect(ear.heard.filter(({ id }) => id !== 'here')).toEqual([])
      }))

    it('tell each listener until it stops', async (space) => {
      const first = new Ear()
      const stopFirst = await space.space.watch?.({ onChange: (notice) => first.hear(notice), onGap() {} })
      await listening(space, 'all', async (ear, there) => {
        for (const id of ['a', 'b']) await there.create(id)
        await there.update('a', { ending: 'logout' })
        await Promise.all([first.next('ended', 'a'), ear.next('ended', 'a')])
        await stopFirst?.()
        await there.update('b', { ending: 'logout' })
        await ear.next('ended', 'b')
        expect(first.heard.filter(({ kind }) => kind === 'ended').map(({ id }) => id)).toEqual(['a'])
      })
    })
  })
}
