const longestSlackMs = 60_000
/** Up to here a tenth is the shorter of the two slacks. */
const shortTimeoutMs = 10 * longestSlackMs

/**
 * Memory-first and in sealed cookies, an access is noted at most every min(timeout/10, 60 s). The stored idle time carries
 * this slack, so that no record ends early; it may end at most that much late.
 */
export const slackOf = (timeoutMs: number | null): number =>
  timeoutMs === null ? longestSlackMs : Math.min(Math.round(timeoutMs / 10), longestSlackMs)

export const withSlack = (timeoutMs: number | null): number | null =>
  timeoutMs === null ? null : timeoutMs + slackOf(timeoutMs)

/** The timeout that `withSlack` made this stored idle time of. */
export function withoutSlack(storedIdleMs: number | null): number | null {
  if (storedIdleMs === null) return null
  const isShort = storedIdleMs <= shortTimeoutMs + longestSlackMs
  return isShort ? Math.round(storedIdleMs / 1.1) : storedIdleMs - longestSlackMs
}
