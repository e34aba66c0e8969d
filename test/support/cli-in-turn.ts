import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { Command, Ran } from './cli-host.js'
import { forkProgram } from './program.js'

const host = new URL('cli-host.ts', import.meta.url)

let started: ChildProcess | undefined
let last: Promise<unknown> = Promise.resolve()

/**
 * Runs a command in this folder in a process that runs all those of a test file, one after the other: most of what a process of its
 * own takes is the start. For commands that do not depend on how a process starts or ends, nor on its environment.
 */
export function callCli(args: readonly string[], { cwd }: Pick<Command, 'cwd'>): Promise<Ran> {
  const ran = last.then(() => send({ args, cwd }))
  last = ran.catch(() => {}) // each caller hears of its own
  return ran
}

async function send(command: Command): Promise<Ran> {
  started ??= startHost()
  const over = new AbortController()
  const { signal } = over
  const answered = once(started, 'message', { signal })
  const ended = once(started, 'exit', { signal }).then(([code]) => {
    throw new Error(`koa-scopes ${command.args.join(' ')}: its process ended with ${code}`)
  })
  try {
    started.send(command)
    const [ran] = (await Promise.race([answered, ended])) as [Ran]
    return ran
  } finally {
    over.abort()
    await Promise.allSettled([answered, ended])
  }
}

function startHost(): ChildProcess {
  const child = forkProgram(host, [])
  child.unref()
  child.channel?.unref()
  return child
}
