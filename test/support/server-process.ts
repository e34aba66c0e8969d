import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'

/** `koa-scopes start` in a process of its own. */
export interface ServerProcess {
  readonly url: string
  /** Ends it with SIGKILL: nothing of it can tidy up. */
  kill(): Promise<void>
}

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Resolves when it listens. Throws when it ends before that. */
export async function startServer(file: string, env: NodeJS.ProcessEnv): Promise<ServerProcess> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/cli/main.ts', 'start', file], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return {
    url: await announcedUrl(child),
    async kill() {
      child.kill('SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    },
  }
}

const announcedUrl = (child: ChildProcessByStdio<null, Readable, null>) =>
  new Promise<string>((resolve, reject) => {
    child.once('exit', () => reject(new Error('The server ended before it listened')))
    createInterface(child.stdout).on('line', (line) => {
      const url = /^koa-scopes serves .* at (\S+)$/.exec(line)?.[1]
      if (url !== undefined) resolve(url)
    })
  })
