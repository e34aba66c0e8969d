import { storedAttributes } from './admin-site.js'

const devices = ['Firefox on Linux', 'Safari on iPhone', 'Chrome on Windows', 'Edge on Windows']

/** Sessions as a shop would have them, for pages that look like those of a site. */
export function* sampleSessions(count: number, now = Date.now()) {
  for (let index = 0; index < count; index++) {
    const name = `user-${String(index % 40_000).padStart(5, '0')}`
    yield {
      id: idOf(index),
      touch: { touchedAt: now - (index % 7_000) * 1_000, hits: 1 + (index % 40) },
      ...(index % 3 > 0 && {
        principal: name,
        description: JSON.stringify({ device: devices[index % 4], address: `10.0.${index % 250}.7` }),
      }),
    }
  }
}

/** One with values of every kind, with bytes that cannot be decoded, and with texts of a hostile visitor. */
export const richSession = {
  id: 'Zk3Jq0Wl8nY2pT6vB4rX1g',
  principal: 'anna',
  touch: { touchedAt: Date.now() - 754_000, hits: 12 },
  description: JSON.stringify({ device: 'Firefox on Linux', address: '10.0.4.7' }),
  set: new Map([
    ...storedAttributes({
      cart: [
        { item: 'Darjeeling, first flush', count: 2, price: 14.5 },
        { item: '<script>alert(1)</script> \u202egnp.exe', count: 1, price: 0 },
      ],
      since: new Date(Date.UTC(2026, 0, 31, 9, 30)),
      seen: new Set(['tea', 'cups']),
      preferences: new Map<string, unknown>([
        ['currency', 'EUR'],
        ['limits', { daily: 10n ** 20n, isStrict: true, note: null }],
      ]),
    }),
    ['wishlist', new Uint8Array([4, 9, 0x7b, 0x22, 0x69, 0x64, 0x22, 0x3a, 0x37, 0x7d, 0xff, 0])],
  ]),
}

/** An id of the usual form, the same for each index. */
const idOf = (index: number): string => {
  const digits = Buffer.alloc(16)
  let state = index + 1
  for (let at = 0; at < 16; at += 4) {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9
    digits.writeUInt32BE(state >>> 0, at)
  }
  return digits.toString('base64url')
}
