/*
 * How fast visitors come, the same for every contestant. The rate matters: at a low one each wake-up of the process
 * serves few requests, so that a command to Redis that costs 40 µs at 1,000 a second costs 12 µs at 4,000.
 */
export const pace = { perSecond: 1_000, connections: 32 } as const

/** As many as any workload has at once. */
export const mostConnections = 50
