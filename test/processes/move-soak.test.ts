import { expect, it } from 'vitest'
import { soak } from '../move-soak/run.js'

/** The long form is `npm run soak:move`. */
it.each([
  { from: 'lmdb', to: 'redis' },
  { from: 'redis', to: 'postgres' },
] as const)(
  'sessions move from $from to $to and back while nodes die, and none is lost or logged out',
  {
    timeout: 180_000,
  },
  async (stores) => {
    const { figures, verdict } = await soak({ ...stores, sessions: 400, seconds: 1, seed: 1, kills: 1 })
    expect(verdict.broken, String(verdict)).toEqual([])
    expect(figures.map(({ way }) => way)).toEqual(['forth', 'back'])
    expect(verdict.answers).toBeGreaterThan(1_000)
  },
)
