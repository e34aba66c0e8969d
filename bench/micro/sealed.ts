import { bench, do_not_optimize, group } from 'mitata'
import { newCredential, Sealer } from '../internals.js'

const keys = ['a key of the benchmark, 32 bytes or more']
const place = { application: 'shop', scope: 'client', cookie: 'shop_cid' }

/** Sealing and opening the content of a cookie; a new record has its own key, which has to be derived. */
export function benchSealed(): void {
  const sealer = new Sealer(keys, place)
  for (const bytes of [500, 2_500]) {
    const content = Buffer.alloc(bytes, 'x')
    const { id } = newCredential()
    const text = sealer.seal(id, content)
    group(`a sealed cookie of ${bytes} B`, () => {
      bench('seal', () => do_not_optimize(sealer.seal(id, content)))
      bench('open', () => do_not_optimize(sealer.open(text)))
      bench('seal a new record', () => do_not_optimize(sealer.seal(newCredential().id, content)))
    })
  }
}
