/** Keeps things that report to it, each by itself, what decides whether and where they are kept. */
export interface Keeper<Kept> {
  /** Its size, its debts or its phase changed. */
  changed(kept: Kept): void
  /** Another node has changed it in the store. */
  changedElsewhere(kept: Kept): void
  /** Its first user came. */
  entered(kept: Kept): void
  /** Its last user has left. */
  left(kept: Kept): void
}
