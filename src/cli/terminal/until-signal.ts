const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** A signal that aborts when the process is told to end, so that it can tidy up. A second time ends it at once. */
export function untilSignal(): { readonly signal: AbortSignal; forget(): void } {
  const controller = new AbortController()
  const abort = () => controller.abort()
  for (const name of signals) process.once(name, abort)
  return {
    signal: controller.signal,
    forget: () => {
      for (const name of signals) process.off(name, abort)
    },
  }
}
