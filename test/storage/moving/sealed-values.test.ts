import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import type { Space } from '../../../src/storage/contract.js'
import { MoveAll } from '../../../src/storage/moving/move-all.js'
import { sealedSpace } from '../../../src/storage/sealing/sealed-space.js'
import { unsealedSpace } from '../../../src/storage/sealing/unsealed-space.js'
import { ValueSealer } from '../../../src/storage/sealing/value-sealer.js'
import { textsOf } from '../../../src/testing/suite/test-space.js'
import { TwoStores } from './two-stores.js'

const [first, second] = [randomBytes(32).toString('base64url'), randomBytes(32).toString('base64url')]
const under = (space: Space, ...keys: readonly string[]) =>
  sealedSpace(space, 'shop:session', new ValueSealer({ keys, plain: 'read' }))

it('a value whose key is missing moves as it is stored, and can be read once the new store has the key', async () => {
  const stores = new TwoStores()
  await stores.begin('a', under(stores.old, first))
  const report = await new MoveAll({
    from: under(stores.old, second),
    to: unsealedSpace(stores.new),
    cache: 'shared',
    clock: stores.clock,
    verifies: true,
  }).run()
  expect(report).toMatchObject({ moved: 1, verified: { compared: 1, differing: [] } })
  expect(textsOf(await stores.stored('a', under(stores.new, second, first)))).toEqual([
    ['cart', '1'],
    ['size', 'm'],
  ])
})
