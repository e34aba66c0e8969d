/*
 * The rate of requests, the same for every contestant: so high that all are busy. In a process that mostly waits, each
 * wake-up serves one request, with processor caches that other processes have used meanwhile, and everything costs several
 * times as much. At a lower rate contestants that keep up would be measured cold, and the others warm.
 */
export const pace = { perSecond: 8_000, connections: 32 } as const

/** The largest number of requests at once in any workload. */
export const mostConnections = 50
