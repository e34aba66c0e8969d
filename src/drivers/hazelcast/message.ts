import type { ChangeNotice } from '../../storage/contract.js'
import { isNoticeKind } from '../network/notice-kind.js'

/** A notice of a node; without one: notices of it are missing. */
export interface Message {
  readonly origin: string
  readonly notice?: ChangeNotice
}

export const textOf = ({ origin, notice }: Message): string =>
  JSON.stringify(notice ? [origin, notice.kind, notice.id, notice.version ?? null] : [origin])

/** undefined for what another program has added. */
export function messageIn(text: unknown): Message | undefined {
  const [origin, kind, id, version] = partsOf(text)
  if (typeof origin !== 'string') return undefined
  if (kind === undefined) return { origin }
  if (!isNoticeKind(kind) || typeof id !== 'string') return undefined
  return { origin, notice: { kind, id, ...(typeof version === 'string' && { version }) } }
}

function partsOf(text: unknown): readonly unknown[] {
  try {
    const parts: unknown = JSON.parse(String(text))
    return Array.isArray(parts) ? parts : []
  } catch {
    return []
  }
}
