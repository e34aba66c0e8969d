import { setTimeout as pause } from 'node:timers/promises'
import { Visitor } from '../support/visitor.js'
import { type Attributes, cookieName, type Operation } from './operation.js'

/** What is left when everything is over, seen from outside; a session without attributes is no session. */
export interface FinalState {
  /** What the store has under an id. */
  readonly byId: ReadonlyMap<string, Attributes>
  /** What a visitor finds who comes with this cookie. */
  readonly byCookie: ReadonlyMap<string, Attributes>
}

export interface Sources {
  /** The session of this id, whoever asks. */
  readonly stored: (id: string) => Promise<Attributes | undefined>
  /** Of the nodes. */
  readonly urls: readonly string[]
}

const width = 20
/** On a busy machine the deadline may pass. */
const attempts = 50

/** Asks for every session there has been, by its id and by every cookie it has ever had. */
export async function inspect(log: readonly Operation[], { stored, urls }: Sources): Promise<FinalState> {
  const cookies = [...new Set(log.flatMap(({ received }) => (received ? [received] : [])))]
  const ids = [...new Set(cookies.map(idIn))]
  const urlOf = (n: number) => urls[n % urls.length] ?? ''
  return {
    byId: await answers(ids, async (id) => (await stored(id)) ?? {}),
    byCookie: await answers(cookies, (cookie, n) => sessionAt(urlOf(n), cookie)),
  }
}

export const idIn = (cookie: string): string => cookie.slice(0, cookie.indexOf('.'))

async function answers(
  questions: readonly string[],
  ask: (question: string, n: number) => Promise<Attributes>,
): Promise<Map<string, Attributes>> {
  const found = new Map<string, Attributes>()
  const all = questions.entries()
  const askInTurn = async () => {
    for (const [n, question] of all) found.set(question, await ask(question, n))
  }
  await Promise.all(Array.from({ length: width }, askInTurn))
  return found
}

async function sessionAt(url: string, cookie: string): Promise<Attributes> {
  const visitor = new Visitor()
  visitor.cookies.set(cookieName, cookie)
  for (let left = attempts; left > 0; left -= 1) {
    const { status, json } = await visitor.get(url, '/?read')
    if (status === 200) return json() ?? {}
    await pause(100)
  }
  throw new Error(`${url} still fails although the fault has healed`)
}
