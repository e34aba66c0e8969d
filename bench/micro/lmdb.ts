import { bench, group } from 'mitata'
import { shapes } from '../content.js'
import { startStorage } from '../measure/storage.js'
import { creation, encoded, idOf, openSessions } from '../stored.js'

const records = 500

/** Changes of one attribute as the driver stores them, alone and with others in one turn of the event loop. */
export async function benchLmdb(): Promise<() => Promise<void>> {
  const folder = await startStorage('lmdb')
  const { space, close } = await openSessions('lmdb', folder.address)
  const now = Date.now()
  const content = encoded(shapes.medium())
  const [first = new Uint8Array()] = content.values()
  const all = Array.from({ length: records }, (_, n) => n)
  const unchanged = records
  await Promise.all([...all, unchanged].map((n) => space.save(creation(n, content, now), { now })))

  let version = 0
  const change = (n: number) =>
    space.save({ mode: 'update', id: idOf(n), version: `${version++}`, set: new Map([['first', first]]) }, { now })
  const load = (n: number, options = {}) => space.load(idOf(n), { now, ...options })

  group('LMDB', () => {
    bench('one commit alone', () => change(0))
    bench(`${records} commits in one turn`, () => Promise.all(all.map(change)))
    bench('load of 20 KB', () => load(unchanged))
    bench('load of an unchanged record: the look of memory-first at each request', () =>
      load(unchanged, { ifChangedSince: `first-${unchanged}` }),
    )
    bench('the same with a touch', () => load(2, { touch: { touchedAt: now, hits: 1 } }))
  })
  return async () => {
    await close()
    await folder.stop()
  }
}
