import type { Claim, EpochMs, Life } from '../../src/storage/contract.js'
import type { Access, Ask, Holds, Limits, Update } from './ask.js'
import { type Call, claimExpired, count, list, load, lock, renew, save, settle, unlock } from './calls.js'
import { defined } from './chance.js'
import { type Cast, nth, values } from './odd-texts.js'

/** What it takes to make a call of what a step asks. */
export interface Situation {
  readonly cast: Cast
  readonly now: EpochMs
  /** One that no other call has. */
  readonly version: string
  versionOf(id: string, holds: Holds): string
  /** All so far. */
  readonly claims: readonly Claim[]
  readonly countsExactly: boolean
}

/** What is asked of one space. */
export type Asked = Exclude<Ask, { do: 'page' | 'restart' }>

export function callOf(ask: Asked, situation: Situation): Call {
  const { cast, now, version, claims, countsExactly } = situation
  const idOf = (id: number) => nth(cast.ids, id)
  const claimsOf = (numbers: readonly number[]) => numbers.flatMap((n) => claims.at(-1 - (n % claims.length)) ?? [])
  switch (ask.do) {
    case 'load': {
      const ifChangedSince = ofDefined(ask.holds, (holds) => situation.versionOf(idOf(ask.id), holds))
      const { prolong, seal } = ask
      return load(idOf(ask.id), defined({ now, seal, ifChangedSince, touch: touchOf(ask.touch, now), prolong }))
    }
    case 'create': {
      const { seal, life, set, touch, description, createdAgo, ownedAgo, replaced } = ask
      const imported = { replaced, createdAt: ago(createdAgo, now), principalSince: ago(ownedAgo, now) }
      const content = { touch: touchOf(touch, now), set: setOf(set, cast) }
      const rest = { description, principal: principalOf(ask, cast), ...content, ...imported }
      const complete = { idleMs: null, endsAt: null, ...lifeOf(life, now) }
      return save({ mode: 'create', id: idOf(ask.id), version, seal, life: complete, ...defined(rest) }, { now })
    }
    case 'update':
      return save(
        { mode: 'update', id: idOf(ask.id), version, ...defined(updateOf(ask, idOf(ask.id), situation)) },
        { now },
      )
    case 'lock':
      return lock(idOf(ask.id), { now, token: ask.token, leaseMs: ask.leaseMs })
    case 'unlock':
      return unlock(idOf(ask.id), { now, token: ask.token })
    case 'claim':
      return claimExpired(
        defined({ now, limit: ask.limit, leaseMs: ask.leaseMs, id: ofDefined(ask.id, (id) => idOf(id)) }),
      )
    case 'renew':
      return renew(claimsOf(ask.claims), { now, leaseMs: ask.leaseMs })
    case 'settle':
      return settle(claimsOf(ask.claims), { now })
    case 'list':
      return list(defined({ now, limit: ask.limit, principal: principalOf(ask, cast) }))
    case 'count':
      return count({ now }, countsExactly)
  }
}

function updateOf(update: Update, id: string, { cast, now, versionOf }: Situation) {
  const namesOf = (names: readonly number[]) => names.map((name) => nth(cast.names, name))
  const { principal } = update
  return {
    touch: touchOf(update.touch, now),
    set: setOf(update.set, cast),
    clear: ofDefined(update.clear, (except) => ({ except: namesOf(except) })),
    unset: ofDefined(update.unset, namesOf),
    dropIfEmpty: update.dropIfEmpty,
    life: ofDefined(update.life, (limits) => lifeOf(limits, now)),
    reseal: update.reseal,
    principal: typeof principal === 'number' ? nth(cast.principals, principal) : principal,
    description: update.description,
    ending: update.ending,
    ifVersion: ofDefined(update.ifVersion, (holds) => versionOf(id, holds)),
    lockToken: update.lockToken,
  }
}

export const principalOf = ({ principal }: { readonly principal?: number }, { principals }: Cast) =>
  ofDefined(principal, (n) => nth(principals, n))

const ofDefined = <T, U>(value: T | undefined, change: (value: T) => U): U | undefined =>
  value === undefined ? undefined : change(value)

const ago = (ms: number | undefined, now: EpochMs) => ofDefined(ms, (ms) => now - ms)

const touchOf = (access: Access | undefined, now: EpochMs) =>
  access && { ...defined({ hits: access.hits }), touchedAt: now - access.ago }

const setOf = (set: Update['set'], { names }: Cast) =>
  set && new Map(set.map(([name, value]) => [nth(names, name), nth(values, value)]))

const lifeOf = ({ idleMs, endsIn }: Limits, now: EpochMs): Partial<Life> =>
  defined({ idleMs, endsAt: typeof endsIn === 'number' ? now + endsIn : endsIn })
