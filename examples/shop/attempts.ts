const mostFailures = 10
const periodMs = 15 * 60_000

/**
 * Counts failed logins by address, and allows ten in a quarter of an hour. It lives in the application scope, so each node
 * counts for itself; a site with many nodes limits logins in its load balancer too.
 */
export class Attempts {
  readonly #failures = new Map<string, number>()
  #periodEnd = 0

  /** Counts an attempt before its password is checked, because many may come at once. Returns the seconds to wait: 0 if it may go on. */
  begin(address: string): number {
    const now = Date.now()
    if (now >= this.#periodEnd) {
      this.#failures.clear()
      this.#periodEnd = now + periodMs
    }
    const failures = this.#failures.get(address) ?? 0
    if (failures >= mostFailures) return Math.ceil((this.#periodEnd - now) / 1_000)
    this.#failures.set(address, failures + 1)
    return 0
  }

  /** Takes back the attempt that `begin` counted. */
  succeeded(address: string): void {
    this.#failures.set(address, Math.max(0, (this.#failures.get(address) ?? 0) - 1))
  }
}
