import { setTimeout as pause } from 'node:timers/promises'
import { oneOf } from '../faults/random.js'
import type { Fleet } from '../life-soak/fleet.js'
import type { SoakSession } from './sessions.js'
import type { Verdict } from './verdict.js'

const againMs = 20
const mostTries = 500

/** Visitors who come to any node, each with sessions of his own, until they are told to stop. */
export async function visitUntil(
  over: AbortSignal,
  { fleet, random, sessions, verdict, visitors }: Crowd & { readonly visitors: number },
): Promise<void> {
  const visitor = async (_: unknown, which: number) => {
    const own = sessions.filter(({ number }) => number % visitors === which)
    while (!over.aborted && own.length > 0)
      await visit(oneOf(own, random), '/visit', { fleet, random, sessions, verdict })
  }
  await Promise.all(Array.from({ length: visitors }, visitor))
}

export interface Crowd {
  readonly fleet: Fleet
  readonly random: () => number
  readonly sessions: readonly SoakSession[]
  readonly verdict: Verdict
}

/** One request, which is sent again where the node died or the store was busy. What the session shows is judged. */
export async function visit(
  session: SoakSession,
  path: '/visit' | '/read',
  { fleet, random, verdict }: Crowd,
): Promise<void> {
  for (let tries = 0; tries < mostTries; tries += 1) {
    const urls = fleet.numbers.flatMap((node) => fleet.urlOf(node) ?? [])
    const response = urls.length === 0 ? undefined : await ask(oneOf(urls, random) + path, session.cookie)
    if (response?.status === 200) return verdict.judge(session, path === '/visit' ? 1 : 0, response.body)
    if (response && response.status !== 503) return verdict.refuse(session, response.status)
    if (path === '/visit') session.uncertain += 1
    verdict.again()
    await pause(againMs)
  }
  verdict.refuse(session, 0)
}

export async function ask(url: string, cookie: string): Promise<{ status: number; body: string } | undefined> {
  try {
    const response = await fetch(url, { headers: { cookie: `shop_sid=${cookie}` } })
    return { status: response.status, body: await response.text() }
  } catch {
    return undefined // the node was killed; whether it had counted the visit is not known
  }
}
