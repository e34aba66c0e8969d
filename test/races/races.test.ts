import { describe, it } from 'vitest'
import { type OperationName, operations } from './operations.js'
import { pausesOf, run } from './race.js'
import { judge } from './verdict.js'
import type { Mode } from './world.js'

const names = Object.keys(operations) as OperationName[]

const modes: Readonly<Record<string, Pick<Mode, 'cluster' | 'backup'>>> = {
  'cluster: true': { cluster: true, backup: 'response' },
  'cluster: false': { cluster: false, backup: 'response' },
  'cluster: false, backup: behind': { cluster: false, backup: 'behind' },
}

for (const [title, options] of Object.entries(modes)) {
  for (const isWarm of [true, false]) describeRaces(title, { ...options, isWarm })
}

/** Every pair of operations, the first stopped wherever it can be. */
function describeRaces(title: string, mode: Mode): void {
  describe(`${title}, on nodes that ${mode.isWarm ? 'hold' : 'do not hold'} the session`, async () => {
    for (const first of names) {
      for (const { asks, ...pause } of await pausesOf(first, mode)) {
        for (const second of names) {
          for (const on of ['another node', 'the same node'] as const) {
            it(`${first}, paused ${pause.at} call ${pause.call} (${asks}); ${second} on ${on}`, async () => {
              const finished = await run({ first, pause, second, on }, mode)
              await judge(finished)
              await finished.world.stop()
            })
          }
        }
      }
    }
  })
}
