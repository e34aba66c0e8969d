import { expect, it } from 'vitest'
import { check } from '../abuse/checker.js'
import { report } from '../abuse/report.js'
import { abuse } from '../abuse/run.js'

/** Other tests take the processors meanwhile: only a request that hangs is too slow here. The long form, `npm run soak:abuse`, judges times. */
const terms = { slowdown: 3, floorMs: 5_000 }

it('honest visitors go on among attackers, and the node stays within its memory', {
  timeout: 120_000,
}, async () => {
  const history = await abuse({ store: 'redis', seconds: 5, seed: 1 })
  const judgements = check(history, terms)
  expect(
    judgements.filter(({ broken }) => broken.length > 0),
    report(judgements),
  ).toEqual([])
  expect(history.visits.filter(({ phase }) => phase === 'abuse').length).toBeGreaterThan(50)
  const answers = Object.fromEntries(history.attacks.map(({ kind, answers }) => [kind, answers]))
  expect(answers).toMatchObject({ giants: { 413: expect.anything() }, rotations: { 409: expect.anything() } })
})
