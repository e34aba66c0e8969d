import type { RecordChange, Space, StoredRecord } from '../contract.js'
import { placeText, type ValueSealer } from './value-sealer.js'

type Attributes = ReadonlyMap<string, Uint8Array>

/** A space whose driver gets sealed values. Names, ids and heads are not sealed: stores compare and list them. */
export function sealedSpace(space: Space, name: string, sealer: ValueSealer): Space {
  const each = (step: 'seal' | 'open', id: string, attributes: Attributes): Attributes => {
    const changed = new Map<string, Uint8Array>()
    const record = placeText('record', name, id)
    for (const [attribute, value] of attributes)
      changed.set(attribute, sealer[step](id, record + placeText(attribute), value))
    return changed
  }
  const sealed = (change: RecordChange): RecordChange =>
    change.set ? { ...change, set: each('seal', change.id, change.set) } : change
  const opened = (record: StoredRecord): StoredRecord => ({
    ...record,
    attributes: each('open', record.id, record.attributes),
  })

  return {
    ...passedThrough(space),
    async load(id, options) {
      const result = await space.load(id, options)
      return result.status === 'loaded' ? { ...result, record: opened(result.record) } : result
    },
    save: (change, options) => space.save(sealed(change), options),
    async claimExpired(options) {
      const claims = await space.claimExpired(options)
      return claims.map((claim) => ({ ...claim, record: opened(claim.record) }))
    },
  }
}

/** The members that see no values. Optional members exist if the space has them. */
export function passedThrough(space: Space): Omit<Space, 'load' | 'save' | 'claimExpired'> {
  return {
    list: (query) => space.list(query),
    count: (options) => space.count(options),
    renew: (claims, options) => space.renew(claims, options),
    settle: (claims, options) => space.settle(claims, options),
    ...(space.matches && { matches: space.matches.bind(space) }),
    ...(space.lock && { lock: space.lock.bind(space) }),
    ...(space.unlock && { unlock: space.unlock.bind(space) }),
    ...(space.watch && { watch: space.watch.bind(space) }),
  }
}
