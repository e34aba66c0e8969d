import { createContainer, defineApplication } from 'koa-scopes'
import type { Content } from '../content.js'
import { configOf } from './koa-scopes-config.js'

/** The cost of ending sessions. */
export interface EndsReport {
  readonly cpuMicroseconds: number
  readonly ms: number
}

let ended = 0
let wanted = Number.POSITIVE_INFINITY
let begin = 0

/** Ends expired sessions, and reports the cost after as many ends as a message asks for. */
const bench = defineApplication<{ session: Content }>({
  onSessionEnd() {
    if (ended === 0) begin = performance.now()
    ended += 1
    if (ended === wanted) report()
  },
})

process.on('message', (count: number) => {
  wanted = count
})
process.once('disconnect', () => process.exit())
process.send?.('ready')
await createContainer(configOf(), { applications: { bench } })
const before = process.cpuUsage()

function report(): void {
  const { system, user } = process.cpuUsage(before)
  const answer: EndsReport = { cpuMicroseconds: system + user, ms: performance.now() - begin }
  process.send?.(answer)
}
