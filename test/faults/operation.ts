/** One request of a visitor: a line of the log that the load writes and the checker reads. */
export interface Operation {
  readonly visitor: string
  /** Counts the sessions of this visitor. */
  readonly life: number
  readonly kind: 'begin' | 'write' | 'read' | 'login' | 'rotate' | 'logout'
  /** Which of the nodes was asked. */
  readonly node: number
  /** Milliseconds, as those of `performance.now()`. */
  readonly start: number
  readonly end: number
  /** 0: there was no response. */
  readonly status: number
  /** What it set one counter to; no value is used twice. */
  readonly wrote?: { readonly counter: string; readonly value: string }
  /** The session as this request found it, before its own change. Present with a response of 2xx. */
  readonly seen?: Attributes
  /** What it was sent with; absent for a first request. */
  readonly cookie?: string
  /** What it was answered with; empty: the cookie was taken back. */
  readonly received?: string
}

export type Attributes = Readonly<Record<string, string>>

export const isAcknowledged = ({ status }: Pick<Operation, 'status'>): boolean => status >= 200 && status < 300

export const cookieName = 'shop_sid'

/** In their order, by what they have in common. */
export function grouped<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group) group.push(item)
    else groups.set(key, [item])
  }
  return groups
}
