import type { Driver } from '../../storage/contract.js'
import type { Case, Suite } from './suite.js'
import { attributes, life, minute, textsOf } from './test-space.js'

/** The cases for two connections to one store, in one process and in two. */
export function sharingCases({ describe, expect, store, when }: Suite): void {
  const { reach, locks } = store.capabilities
  const reached = reach !== 'process'
  const { hasOtherProcess } = store

  describe('two connections', () => {
    const other = () => store.secondConnection()
    casesOf(when(reached, 'reach is process'), other)
    lockCaseOf(when(reached && locks, 'reach is process or locks is false'), other)
  })

  describe('two processes', () => {
    const other = () => store.otherProcess()
    casesOf(when(hasOtherProcess, 'the harness has no otherProcess'), other)
    lockCaseOf(when(hasOtherProcess && locks, 'the harness has no otherProcess or locks is false'), other)
  })

  function casesOf(it: Case, other: () => Promise<Driver>): void {
    it('see what the other created, changed, touched and ended, once it is acknowledged', async (here) => {
      const there = here.through(await other())
      await here.create('a', { principal: 'ada', set: attributes({ n: '0' }) })
      for (let n = 1; n <= 50; n += 1) {
        const [writer, reader] = n % 2 ? [here, there] : [there, here]
        await writer.update('a', { set: attributes({ n: `${n}` }), touch: { touchedAt: here.now, hits: 1 } })
        const record = await reader.stored('a')
        expect([textsOf(record), record.hits]).toEqual([[['n', `${n}`]], n])
      }
      expect(await there.ids({ principal: 'ada' })).toEqual(['a'])
      await there.remove('a')
      expect([await here.load('a'), await here.ids()]).toEqual([{ status: 'missing' }, []])
    })

    it('notice by the version that the other has written', async (here) => {
      const there = here.through(await other())
      await here.create('a', { version: 'v1' })
      expect((await there.load('a', { ifChangedSince: 'v1' })).status).toBe('unchanged')
      await here.update('a', { version: 'v2' })
      expect((await there.load('a', { ifChangedSince: 'v1' })).status).toBe('loaded')
      expect(await there.update('a', { version: 'v3' })).toEqual({ status: 'saved', previous: 'v2' })
    })

    it('lose nothing when both set different attributes of one record', async (here) => {
      const there = here.through(await other())
      await here.create('a', { version: 'first' })
      const names = Array.from({ length: 100 }, (_, n) => `n${n}`)
      const results = await Promise.all(
        names.map((name, n) =>
          (n % 2 ? here : there).update('a', { version: name, set: attributes({ [name]: name }) }),
        ),
      )
      expect((await here.stored('a')).attributes.size).toBe(100)
      expect((await there.stored('a')).attributes.size).toBe(100)
      const replaced = results.map((result) => (result.status === 'saved' ? result.previous : result.status))
      expect(new Set(replaced).size).toBe(100)
    })

    it('let one win that creates, reseals or ends', async (here) => {
      const there = here.through(await other())
      const race = async (run: (space: typeof here) => Promise<{ readonly status: string }>) =>
        (await Promise.all([run(here), run(there)])).map(({ status }) => status).sort()
      for (let n = 0; n < 20; n += 1) {
        expect(await race((space) => space.create(`${n}`))).toEqual(['exists', 'saved'])
        const reseal = (space: typeof here) =>
          space.update(`${n}`, { reseal: { from: 'seal', to: space === here ? 'x' : 'y', replaced: '' } })
        expect(await race(reseal)).toEqual(['resealed', 'saved'])
        expect(await race((space) => space.update(`${n}`, { ending: 'logout' }))).toEqual(['missing', 'saved'])
      }
    })

    it('end a record for both', async (here) => {
      const there = here.through(await other())
      await here.create('a')
      await here.load('a')
      await there.update('a', { ending: 'logout' })
      expect([await here.load('a'), await here.update('a')]).toEqual([{ status: 'missing' }, { status: 'missing' }])
    })

    it('share out expired records without giving one twice', async (here) => {
      const ids = Array.from({ length: 100 }, (_, n) => `id-${n}`)
      await Promise.all(ids.map((id) => here.create(id)))
      here.pass(life.idleMs)
      const there = here.through(await other())
      const rounds = Array.from({ length: 20 }, (_, n) => (n % 2 ? here : there).claim({ limit: 10 }))
      const claimed = (await Promise.all(rounds)).flat().map(({ record }) => record.id)
      expect(claimed.sort()).toEqual(ids.sort())
    })

    it('respect the claims of the other', async (here) => {
      await here.create('a')
      here.pass(life.idleMs)
      const there = here.through(await other())
      const stale = await there.claim({ leaseMs: minute })
      expect(await here.claim()).toEqual([])
      here.pass(minute)
      const present = await here.claim({ leaseMs: minute })
      expect(present).toMatchObject([{ attempt: 2 }])
      there.pass(minute)
      expect([await there.renew(stale), await there.settle(stale)]).toEqual([[], []])
      expect(await here.settle(present)).toEqual(['a'])
    })
  }

  function lockCaseOf(it: Case, other: () => Promise<Driver>): void {
    it('respect the locks of the other', async (here) => {
      const there = here.through(await other())
      const ask = ({ now, space }: typeof here, token: string) => space.lock?.('a', { now, token, leaseMs: minute })
      await here.create('a')
      expect([await ask(here, 'one'), await ask(there, 'two')]).toEqual(['taken', 'held'])
      expect(await there.update('a', { lockToken: 'two' })).toEqual({ status: 'unlocked' })
      expect((await there.update('a', { lockToken: 'one' })).status).toBe('saved')
      await here.space.unlock?.('a', { now: here.now, token: 'one' })
      expect(await ask(there, 'two')).toBe('taken')
    })
  }
}
