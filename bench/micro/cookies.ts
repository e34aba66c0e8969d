import type { IncomingMessage } from 'node:http'
import { bench, do_not_optimize, group } from 'mitata'
import { formatCredential, newCredential, presentedCookies, sealOf } from '../internals.js'

const credential = newCredential()
const own = `shop_sid=${formatCredential(credential)}`
const others = Array.from({ length: 8 }, (_, i) => `preference${i}=some-value-of-another-program-${i}`)

const requests = {
  'no cookie': undefined,
  'ours alone': own,
  'ours after eight others': [...others, own].join('; '),
  'eight others': others.join('; '),
}

export function benchCookies(): void {
  group('cookies', () => {
    for (const [name, cookie] of Object.entries(requests)) {
      const request = { headers: { cookie } } as IncomingMessage
      bench(`find the credential: ${name}`, () => do_not_optimize(presentedCookies(request, 'shop_sid')))
    }
    bench('digest of the secret', () => do_not_optimize(sealOf(credential.secret)))
    bench('a new credential', () => do_not_optimize(newCredential()))
  })
}
