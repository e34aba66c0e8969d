import { FirstTimes } from '../../support/first-times.js'
import type { Logger } from '../../support/logger.js'
import type { ScopeBasics } from '../environment.js'

const end = 'await ctx.scopes.session.invalidate()'

/**
 * Members of a session of koa-session and express-session, each with its counterpart. Here these names are attributes like any
 * others, so a program that still uses a member gets undefined, or stores a number that nobody reads.
 */
const counterparts: ReadonlyMap<string, string> = new Map([
  ['isNew', 'ctx.scopes.session.isNew'],
  ['maxAge', "ctx.scopes.session.timeout, such as ctx.scopes.session.timeout = '30d'"],
  ['cookie', 'ctx.scopes.session.timeout for its life, and the options of the cookie in the configuration'],
  ['save', 'nothing, since changes are saved with the response, or await ctx.scopes.session.commit()'],
  ['manuallyCommit', 'await ctx.scopes.session.commit()'],
  ['regenerate', 'await ctx.scopes.session.login(user), or .rotate({ keep: [] }) without a user'],
  ['destroy', end],
  ['reload', 'await ctx.scopes.session.reload()'],
  ['touch', 'nothing, since every request that comes with the session extends its life'],
  ['populated', 'Object.keys(ctx.session).length > 0'],
  ['externalKey', 'ctx.scopes.session.id'],
])

/**
 * Warns of idioms of other libraries, once for each name. No error: a session may have an attribute of this name, and one that
 * has is never warned of when it is read.
 */
export class Idioms {
  readonly #log: Logger
  readonly #isSession: boolean
  readonly #warned = new FirstTimes()

  constructor({ kind, log }: Pick<ScopeBasics, 'kind' | 'log'>) {
    this.#log = log
    this.#isSession = kind === 'session'
  }

  /** To be called when an attribute was read that is not there. */
  missed(name: string): void {
    const counterpart = this.#isSession ? counterparts.get(name) : undefined
    if (counterpart === undefined || !this.#warned.isFirst(name)) return
    this.#log.warn(
      { member: name, counterpart },
      'ctx.session has no member of this name, as other session libraries have: it is an attribute',
    )
  }

  /** To be called when an attribute is assigned. A number is what these libraries take for a life. */
  assigned(name: string, value: unknown): void {
    if (name === 'maxAge' && typeof value === 'number') this.missed(name)
  }
}
