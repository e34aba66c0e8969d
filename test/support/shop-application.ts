import { appendFile } from 'node:fs/promises'
import type { ApplicationDefinition } from '../../src/koa/define-application.js'
import type { OpenScopes } from './shop.js'
import type { JournalEntry, ShopSetup } from './shop-server.js'
import { refuses, type ShopFloor, takeSteps } from './shop-steps.js'

/** Processes append whole lines only as long as these are short. */
const brief = (_name: string, value: unknown) => (typeof value === 'string' ? value.slice(0, 1_000) : value)

/** Every application has the same pages, and says in the journal which one it is. `floor` is called when requests come, no sooner. */
export function shopApplication(
  application: string,
  { name: node, journal, endsWaitAt, startsWaitAt, greeting = [] }: ShopSetup,
  floor: () => ShopFloor,
  gate: ShopFloor['gate'],
): ApplicationDefinition<OpenScopes> {
  const life = { starts: 0, ends: 0 }

  /** A session says how many of its end handlers fail. */
  async function ended(entry: Pick<JournalEntry, 'scope' | 'data' | 'reason' | 'attempt'>): Promise<void> {
    const line: JournalEntry = { node, application, ...entry }
    if (journal) await appendFile(journal, `${JSON.stringify(line, brief)}\n`)
    if (endsWaitAt) await gate(endsWaitAt).pass()
    if (entry.attempt <= Number(entry.data.failures ?? 0)) throw new Error('The end handler fails')
  }

  const greets: ApplicationDefinition<OpenScopes> = {
    onSessionStart({ session }) {
      session.startedOn = node
      session.starts = (session.starts ?? 0) + 1
    },
  }
  return {
    ...(greeting.includes(application) && greets),
    async onApplicationStart({ application: scope }) {
      life.starts += 1
      if (startsWaitAt) await gate(startsWaitAt).pass()
      Object.assign(scope, { node, ...life })
    },
    onApplicationEnd() {
      life.ends += 1
    },
    async onRequestStart(ctx) {
      if (!refuses(ctx)) return
      await takeSteps(ctx, floor())
      return false
    },
    onSessionEnd: ({ session, reason, attempt }) => ended({ scope: 'session', data: { ...session }, reason, attempt }),
    onClientEnd: ({ client, reason, attempt }) => ended({ scope: 'client', data: { ...client }, reason, attempt }),
    setup(koa) {
      koa.use(async (ctx) => {
        const result = await takeSteps(ctx, floor())
        if (ctx.body === undefined) ctx.body = JSON.stringify(result ?? null)
      })
    },
  }
}
