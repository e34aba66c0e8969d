import { randomBytes } from 'node:crypto'
import { Visitor } from '../support/visitor.js'

/** What an attacker works with. */
export interface Target {
  readonly url: string
  /** The ids of honest visitors' sessions. */
  readonly ids: readonly string[]
  readonly random: () => number
  /** Of an answer; 0: there was none. */
  readonly count: (status: number) => void
  readonly over: AbortSignal
}

/**
 * An attack is struck again `pauseMs` after the blow before has been answered. More than a node can accept would only show
 * how long the queue of the operating system is, which honest visitors share.
 */
interface Attack {
  readonly pauseMs: number
  prepare?(target: Target): Promise<Visitor>
  strike(target: Target, own: Visitor, blow: number): Promise<unknown>
}

async function ask({ count, over, url }: Target, path: string, visitor: Visitor, init?: RequestInit): Promise<void> {
  try {
    count((await visitor.get(url, path, { ...init, signal: over })).status)
  } catch {
    if (!over.aborted) count(0)
  }
}

const severally = (times: number, run: (n: number) => Promise<unknown>) =>
  Promise.all(Array.from({ length: times }, (_, n) => run(n)))

async function loggedIn(target: Target): Promise<Visitor> {
  const visitor = new Visitor()
  await ask(target, '/begin?principal=attacker', visitor)
  return visitor
}

const text = (bytes: number): string => randomBytes(bytes).toString('base64url')
/** As the codec of credentials makes them. */
const credential = (id = text(12)): string => `${id}.${text(18)}`
const withCookie = (cookie: string): RequestInit => ({ headers: { cookie } })

export const attacks: Readonly<Record<string, Attack>> = {
  /** They keep no cookie. */
  bots: { pauseMs: 10, strike: (target) => ask(target, '/page', new Visitor()) },
  /** A session grows until it is refused, then another one does. */
  giants: {
    pauseMs: 50,
    prepare: async () => new Visitor(),
    strike: (target, own, blow) => {
      if (blow % 12 === 0) own.cookies.clear()
      return ask(target, `/grow?name=n${blow % 12}&kb=${32 + Math.floor(target.random() * 32)}`, own)
    },
  },
  /** They write once and stay. */
  streams: {
    pauseMs: 25,
    async strike({ count, over, url }) {
      try {
        const response = await fetch(`${url}/stream`, { signal: over })
        count(response.status)
        await response.body?.getReader().read()
      } catch {
        if (!over.aborted) count(0)
      }
    },
  },
  locks: {
    pauseMs: 300,
    prepare: loggedIn,
    strike: (target, own) => severally(40, () => ask(target, '/lock?nap=2', own.clone())),
  },
  rotations: {
    pauseMs: 100,
    prepare: loggedIn,
    strike: (target, own) => severally(10, (n) => ask(target, '/rotate', n === 0 ? own : own.clone())),
  },
  /** Well-formed strangers, some with the id of an honest visitor, and many of them in one request. */
  forgers: {
    pauseMs: 15,
    strike: (target, _own, blow) => {
      const id = target.ids[Math.floor(target.random() * target.ids.length)]
      const forged = blow % 2 === 0 ? credential(id) : credential()
      const cookies = blow % 10 === 0 ? Array.from({ length: 20 }, () => credential()) : [forged]
      return ask(target, '/page', new Visitor(), withCookie(cookies.map((it) => `shop_sid=${it}`).join('; ')))
    },
  },
  cookies: {
    pauseMs: 50,
    strike: (target, _own, blow) =>
      ask(target, '/page', new Visitor(), withCookie(`shop_sid=${text(blow % 2 === 0 ? 8_000 : 15_000)}`)),
  },
}
