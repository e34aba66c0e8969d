import { expect, it } from 'vitest'
import { expire } from '../faults/expiry.js'

it('12. 2,000 sessions that expire at once on four nodes end once each, and leave nothing in Redis', async () => {
  const { bytes, ...figures } = await expire(2_000, 30_000)
  expect(figures).toMatchObject({ twice: 0, missing: 0, keys: 0 })
  expect(bytes.after).toBeLessThan(bytes.before * 1.1)
})
