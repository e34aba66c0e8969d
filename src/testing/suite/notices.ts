import type { ChangeNotice, Driver, RecordChange, Space, SpaceOptions } from '../../storage/contract.js'
import type { Suite } from './suite.js'
import { freshVersion, life, minute, type TestSpace } from './test-space.js'

/** Collects the notices of `watch`, and waits for those still on their way. */
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

/** Changes the records of a space through a connection that notifies other nodes. */
class Changer {
  readonly #space: Space
  readonly #now: number

  constructor(driver: Driver, { name, now }: TestSpace, notices: SpaceOptions['notices']) {
    this.#space = driver.space(name, { endGraceMs: minute, ...(notices && { notices }) })
    this.#now = now
  }

  async create(id: string): Promise<void> {
    await this.#save({ mode: 'create', id, version: freshVersion(), seal: 'seal', life })
  }

  async update(id: string, change: { version?: string; ending?: string; dropIfEmpty?: boolean } = {}): Promise<void> {
    await this.#save({ mode: 'update', id, version: freshVersion(), ...change })
  }

  async touch(id: string): Promise<void> {
    await this.#space.load(id, { now: this.#now, touch: { touchedAt: this.#now } })
  }

  /** Takes the lock of a record and releases it. */
  async lockAndUnlock(id: string): Promise<void> {
    const lock = { token: 'token', now: this.#now }
    await this.#space.lock?.(id, { ...lock, leaseMs: 1_000 })
    await this.#space.unlock?.(id, lock)
  }

  /** Claims the records that have expired after this time. */
  async claim(afterMs: number): Promise<void> {
    await this.#space.claimExpired({ now: this.#now + afterMs, limit: 10, leaseMs: 1_000 })
  }

  async #save(change: RecordChange): Promise<void> {
    await this.#space.save(change, { now: this.#now })
  }
}

export function noticeCases({ describe, expect, store, when }: Suite): void {
  const { locks, notices } = store.capabilities
  const it = when(notices !== 'none', 'notices is none')
  const withSaves = when(notices === 'all', 'notices is not all')
  const withLocks = when(notices !== 'none' && locks, 'notices is none, or the driver has no locks')

  /** Listens to the space over one connection, and runs the body with another one that changes it. */
  async function listening(
    space: TestSpace,
    notices: SpaceOptions['notices'],
    body: (ear: Ear, there: Changer) => Promise<void>,
  ): Promise<void> {
    const ear = new Ear()
    const stop = await space.space.watch?.({ onChange: (notice) => ear.hear(notice), onGap() {} })
    if (!stop) throw new TypeError('The space has no watch')
    await body(ear, new Changer(await store.secondConnection(), space, notices))
    await stop()
  }

  /** The notices received, sorted: a store may report changes of different records in any order. */
  const kindsOf = (ear: Ear) => ear.heard.map(({ kind, id }) => `${kind} ${id}`).sort()

  describe('notices', () => {
    withSaves('report what another connection saved and ended', (space) =>
      listening(space, 'all', async (ear, there) => {
        await there.create('a')
        await there.update('a', { version: 'v2' })
        const { version = 'v2' } = await ear.next('saved', 'a')
        expect(version).toBe('v2')
        await there.update('a', { ending: 'logout' })
        await ear.next('ended', 'a')
        await there.create('b')
        await there.update('b', { version: 'v2' })
        await ear.next('saved', 'b')
        expect(kindsOf(ear)).toEqual(['ended a', 'saved a', 'saved b'])
      }),
    )

    it('report only ends unless all changes are asked for', (space) =>
      listening(space, undefined, async (ear, there) => {
        await there.create('a')
        await there.update('a')
        await there.update('a', { ending: 'logout' })
        await ear.next('ended', 'a')
        expect(kindsOf(ear)).toEqual(['ended a'])
      }))

    it('report an end when no attribute is left in a record', (space) =>
      listening(space, 'ends', async (ear, there) => {
        await there.create('a')
        await there.update('a', { dropIfEmpty: true })
        await ear.next('ended', 'a')
      }))

    it('report once that a record has expired, when it is claimed', (space) =>
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

    withSaves('report neither creations nor touches nor refused changes', (space) =>
      listening(space, 'all', async (ear, there) => {
        await there.create('a')
        await there.touch('a')
        await there.create('a')
        await there.update('missing')
        await there.create('b')
        await there.update('b')
        await ear.next('saved', 'b')
        await there.update('a', { ending: 'logout' })
        await ear.next('ended', 'a')
        expect(kindsOf(ear)).toEqual(['ended a', 'saved b'])
      }),
    )

    withLocks('report once that a lock was released', (space) =>
      listening(space, 'ends', async (ear, there) => {
        await there.create('a')
        await there.lockAndUnlock('a')
        await ear.next('unlocked', 'a')
        await there.update('a', { ending: 'logout' })
        await ear.next('ended', 'a')
        expect(kindsOf(ear)).toEqual(['ended a', 'unlocked a'])
      }),
    )

    it('carry ids of any text', (space) =>
      listening(space, 'all', async (ear, there) => {
        const id = 'a "b"\\c/\u0000 ü 🙂'
        await there.create(id)
        await there.update(id, { ending: 'logout' })
        await ear.next('ended', id)
      }))

    it('do not report the own changes of a connection', (space) =>
      listening(space, 'all', async (ear, there) => {
        const here = new Changer(space.driver, space, 'all')
        for (const [changer, id] of [
          [here, 'mine'],
          [there, 'theirs'],
        ] as const) {
          await changer.create(id)
          await changer.update(id, { ending: 'logout' })
        }
        await ear.next('ended', 'theirs')
        expect(ear.heard.filter(({ id }) => id !== 'theirs')).toEqual([])
      }))

    it('report changes of this space only', (space) =>
      listening(space, 'all', async (ear, there) => {
        const elsewhere = new Changer(await store.secondConnection(), await store.emptySpace(), 'all')
        for (const [changer, id] of [
          [elsewhere, 'elsewhere'],
          [there, 'here'],
        ] as const) {
          await changer.create(id)
          await changer.update(id, { ending: 'logout' })
        }
        await ear.next('ended', 'here')
        expect(ear.heard.filter(({ id }) => id !== 'here')).toEqual([])
      }))

    it('reach each listener until it stops', async (space) => {
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
