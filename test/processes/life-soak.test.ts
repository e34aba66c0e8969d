import { expect, it } from 'vitest'
import { check } from '../life-soak/checker.js'
import { report } from '../life-soak/report.js'
import { soak } from '../life-soak/run.js'

/** The long form is `npm run soak:life`. */
it('four processes that die and come back keep every promise about the life of sessions', {
  timeout: 120_000,
}, async () => {
  const history = await soak({ seconds: 6, sessions: 300, seed: 1, store: 'redis', mode: 'cluster' })
  const judgements = check(history)
  const broken = [...judgements.values()].filter((judgement) => judgement.broken.length > 0)
  expect(broken, report(judgements)).toEqual([])
  expect(history.processes.some(({ signal }) => signal === 'SIGKILL')).toBe(true)
  expect(new Set(history.ends.map(({ session }) => session)).size).toBeGreaterThan(100)
})
