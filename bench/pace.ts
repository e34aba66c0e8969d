/*
 * How fast visitors come, the same for every contestant. The rate matters: at a low one each wake-up of the process serves
 * one request, on caches that others have used meanwhile, and everything costs several times as much.
 */
export const pace = { perSecond: 4_000, connections: 32 } as const

/** As many as any workload has at once. */
export const mostConnections = 50
