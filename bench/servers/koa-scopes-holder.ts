import { setTimeout as pause } from 'node:timers/promises'
import { createContainer, defineApplication } from 'koa-scopes'
import type { Content } from '../content.js'
import { idOf } from '../stored.js'
import { configOf } from './koa-scopes-config.js'

const atOnce = 500

/** Holds as many sessions as a message asks for, and answers with the bytes of memory they take. */
const bench = defineApplication<{ session: Content }>({})
const container = await createContainer(configOf('4gb'), { applications: { bench } })
const { sessions } = container.application(bench)

process.on('message', async (count: number) => {
  await visit(0, 1) // objects made for the first session do not belong to a session
  const before = await memory()
  for (let from = 1; from < count; from += atOnce) await visit(from, Math.min(from + atOnce, count))
  process.send?.((await memory()) - before)
})
process.once('disconnect', () => process.exit())
process.send?.('ready')

async function visit(from: number, to: number): Promise<void> {
  const all = Array.from({ length: to - from }, (_, i) => sessions.open(idOf(from + i), ({ first }) => first?.name))
  if ((await Promise.all(all)).includes(undefined)) throw new Error('A session is missing')
}

/** Memory outside of the heap is released some time after the garbage collection that found it unused. */
async function memory(): Promise<number> {
  for (let i = 0; i < 3; i += 1) {
    globalThis.gc?.()
    await pause(50)
  }
  const { external, heapUsed } = process.memoryUsage()
  return heapUsed + external
}
