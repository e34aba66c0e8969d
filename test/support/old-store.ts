import { fromCookies, type OldRecord, type Taking } from '../../src/adopt/index.js'
import type { OldSession } from '../../src/koa/old-session.js'
import type { Duration } from '../../src/support/duration.js'
import { Visitor } from './visitor.js'

/** The store of an earlier program, whose sessions a cookie `old` names. */
export class OldStore {
  readonly records = new Map<string, OldRecord | 'adopted'>()
  /** The ids that were asked for. */
  readonly asked: string[] = []
  /** Runs before each answer. */
  before: () => unknown = () => {}
  /** Runs before a record is removed. */
  beforeEnd: () => unknown = () => {}
  /** How the adoptions ended. */
  readonly ends: string[] = []

  readonly take = async (id: string): Promise<Taking> => {
    this.asked.push(id)
    await this.before()
    const record = this.records.get(id) ?? 'missing'
    if (typeof record === 'string') return record as 'adopted' | 'missing'
    this.records.set(id, 'adopted')
    const remove = async () => {
      await this.beforeEnd()
      this.ends.push(`removed ${id}`)
    }
    const putBack = async () => {
      this.ends.push(`put back ${id}`)
      this.records.set(id, record)
    }
    return { record, remove, putBack }
  }

  /** A visitor of the earlier program. */
  visitor(id: string, record: OldRecord): Visitor {
    this.records.set(id, record)
    const visitor = new Visitor()
    visitor.cookies.set('old', id)
    return visitor
  }

  /** The member `adopt` of a definition. Ids that end with an exclamation mark are forged. */
  source(map: (old: Old) => ReturnType<typeof userAndCart> = userAndCart, deadline: Duration = '5s') {
    const idOf = (value: string) => (value.endsWith('!') ? undefined : value)
    const adopt = fromCookies<Record<string, unknown>, Old>({ name: 'old', idOf, take: this.take, map, deadline })
    return adopt as (ctx: unknown) => OldSession<Record<string, unknown>> | undefined
  }
}

export interface Old {
  readonly user?: string
  readonly cart?: string
}

export const userAndCart = ({ user, cart }: Old) => ({ principal: user, attributes: { cart } })
