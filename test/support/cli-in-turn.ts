import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Command, Ran } from './cli-host.js'
import { forkProgram } from './program.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const host = new URL('cli-host.ts', import.meta.url)

let started: ChildProcess | undefined
let last: Promise<unknown> = Promise.resolve()

/**
 * Runs a command, in the project's folder unless another is given. One process runs all those of a test file, one after the other,
 * since most of what a process takes is its start. For commands that do not depend on that, nor on how it ends or its environment.
 */
export function callCli(args: readonly string[], { cwd = root }: Partial<Pick<Command, 'cwd'>> = {}): Promise<Ran> {
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
