import type { Contestant, Operation } from './contestant.js'
import { principal, timeoutMs } from './world.js'

const letLifeRunOut = ({ world }: Contestant) => world.pass(world.lifeMs)

/** What has ended is claimed, and its end handler runs, but does not return. */
async function claim({ node, world }: Contestant): Promise<void> {
  node.holdEnds()
  await node.sweep()
  await world.rest()
}

export const operations = {
  save: {
    start: (contestant) => contestant.request(contestant.world.visitor, (write) => write()),
  },
  rotate: {
    rotates: true,
    start: (contestant) =>
      contestant.request(contestant.world.visitor, (write, handle) => {
        write()
        return handle.rotate()
      }),
  },
  invalidate: {
    ends: 'invalidated',
    start: (contestant) =>
      contestant.request(contestant.world.visitor, (write, handle) => {
        write()
        return handle.invalidate()
      }),
  },
  /** A request comes at the last moment, and takes longer than the session lives. */
  expire: {
    ends: 'timeout',
    prepare: ({ world }) => world.pass(timeoutMs - 3),
    start: (contestant) =>
      contestant.request(contestant.world.visitor, (write) => {
        letLifeRunOut(contestant)
        write()
      }),
  },
  claim: { ends: 'timeout', prepare: letLifeRunOut, start: claim },
  /** The end handler returns. */
  settle: {
    ends: 'timeout',
    async prepare(contestant) {
      letLifeRunOut(contestant)
      await claim(contestant)
    },
    start: ({ node }) => node.releaseEnds(),
  },
  /** Another visitor logs in as the same user, who may have one session. */
  limit: {
    ends: 'evicted',
    logsIn: true,
    start: (contestant) =>
      contestant.request(undefined, (write, handle) => {
        write()
        return handle.login(principal)
      }),
  },
} satisfies Record<string, Operation>

export type OperationName = keyof typeof operations
