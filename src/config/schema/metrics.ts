import { z } from 'zod'
import { timeout } from '../../support/option-types.js'
import { path } from './values.js'

const metrics = z.strictObject({
  path: path({
    description:
      'The path on the server that shows the metrics to everybody who can reach it. Default: none; a route of your own and the admin page can show them.',
    examples: ['/metrics'],
  }).optional(),
  process: z
    .boolean()
    .prefault(true)
    .meta({
      description:
        "Metrics of the process too: CPU, memory, event loop, garbage collection, as prom-client's defaults.",
      examples: [false],
    }),
  records: timeout({
    description: 'How often the stores are asked for the numbers of records, at most; never: not at all.',
    examples: ['1m'],
  }).prefault('1m'),
})

/** Not a `section`: without it nothing is counted. */
export const metricsSchema = metrics
  .nullish()
  .transform((given) => (given === null ? metrics.parse({}) : given))
  .meta({
    description: 'Metrics for Prometheus, counted by the package prom-client. Absent: none. Empty: all defaults.',
  })
