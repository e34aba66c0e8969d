import { createContainer, defineApplication, silentLogger } from 'koa-scopes'
import { bench, do_not_optimize, group } from 'mitata'
import { type Content, shapes } from '../content.js'
import { Attributes, createCodec, Values } from '../internals.js'
import { startStorage } from '../measure/storage.js'
import { creation, encoded, idOf, openSessions } from '../stored.js'

const stored = encoded(shapes.medium())
const modes = { 'cluster: true': { cluster: true }, 'memory-first': { cluster: false, backup: 'behind' } } as const
const application = defineApplication<{ session: Content }>({})

/** Opens a session of 50 attributes on LMDB, uses it and commits; and, separately, finds its changes. */
export async function benchRecords(): Promise<() => Promise<void>> {
  benchDelta()
  const closers: (() => Promise<void>)[] = []
  for (const [name, session] of Object.entries(modes)) {
    const folder = await startStorage('lmdb')
    await storeOne(folder.address)
    const container = await createContainer(
      {
        caches: { disk: { driver: 'lmdb', path: folder.address, storage: true } },
        applications: { bench: { session: { storage: 'disk', ...session } } },
      },
      { applications: { bench: application }, logger: silentLogger },
    )
    const { sessions } = container.application(application)
    const use = (work: (session: Content) => unknown) => () => sessions.open(idOf(0), work)
    group(`a session of 50 attributes, ${name}`, () => {
      bench(
        'load',
        use(() => {}),
      )
      bench(
        'load, read one attribute',
        use(({ first }) => first?.name),
      )
      bench('load, change a nested value, commit', use(countDown))
    })
    closers.push(
      () => container.close(),
      () => folder.stop(),
    )
  }
  return async () => {
    for (const close of closers) await close()
  }
}

async function storeOne(folder: string): Promise<void> {
  const { space, close } = await openSessions('lmdb', folder)
  await space.save(creation(0, stored, Date.now()), { now: Date.now() })
  await close()
}

function benchDelta(): void {
  const environment = { codec: createCodec(), kind: 'session' } as ConstructorParameters<typeof Values>[0]
  const opened = () => new Attributes(new Values(environment, 'any', stored))
  group('what has changed in 50 attributes', () => {
    bench('nothing was read', () => do_not_optimize(opened().delta()))
    bench('one was read', () => {
      const attributes = opened()
      attributes.get('first')
      do_not_optimize(attributes.delta())
    })
    bench('one was changed', () => {
      const attributes = opened()
      countDown({ first: attributes.get('first') } as Content)
      do_not_optimize(attributes.delta())
    })
  })
}

function countDown({ first }: Content): void {
  if (first) first.stock.left -= 1
}
