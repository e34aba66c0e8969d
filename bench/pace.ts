/*
 * How fast visitors come, the same for every contestant: so fast that all have much to do. Where a process waits for most
 * of the time, each wake-up serves one request, on caches that others have used meanwhile, and everything costs several
 * times as much; so those that keep up would be compared cold with those that do not, which are warm.
 */
export const pace = { perSecond: 8_000, connections: 32 } as const

/** As many as any workload has at once. */
export const mostConnections = 50
