import { bench, do_not_optimize, group } from 'mitata'
import { newCredential, ValueSealer } from '../internals.js'

const encryption = { keys: ['a key of the benchmark, 32 bytes or more'], plain: 'refuse' } as const

/** Sealing and opening one value of a store; a record that this node has not seen has its own key, which has to be derived. */
export function benchValues(): void {
  const sealer = new ValueSealer(encryption)
  const place = '6:record12:shop:session22:an id of 22 characters4:cart'
  for (const bytes of [50, 512, 20_480]) {
    const value = Buffer.alloc(bytes, 'x')
    const { id } = newCredential()
    const sealed = sealer.seal(id, place, value)
    group(`a sealed value of ${bytes} B`, () => {
      bench('seal', () => do_not_optimize(sealer.seal(id, place, value)))
      bench('open', () => do_not_optimize(sealer.open(id, place, sealed)))
      bench('seal in a new record', () => do_not_optimize(sealer.seal(newCredential().id, place, value)))
    })
  }
}
