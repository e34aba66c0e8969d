import type { ChangeNotice } from '../../storage/contract.js'

const kinds: readonly unknown[] = ['saved', 'ended', 'unlocked'] satisfies ChangeNotice['kind'][]

/** Whether a text that came from the store names a kind of notice. */
export const isNoticeKind = (kind: unknown): kind is ChangeNotice['kind'] => kinds.includes(kind)
