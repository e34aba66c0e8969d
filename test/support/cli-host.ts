/** Runs commands of `koa-scopes` one after the other, each as if it had this process for itself. Ends with its parent. */
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { run } from '../../src/cli/run.js'

export interface Command {
  readonly args: readonly string[]
  readonly cwd: string
}

export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

process.on('message', async ({ args, cwd }: Command) => process.send?.(await ran(args, cwd)))

async function ran(args: readonly string[], cwd: string): Promise<Ran> {
  process.chdir(cwd)
  process.exitCode = undefined
  const [stdout, stderr] = [captured('stdout'), captured('stderr')]
  await run(args)
  return { code: Number(process.exitCode ?? 0), stdout: await stdout.end(), stderr: await stderr.end() }
}

/** What is written to this stream of the process until `end`. */
function captured(name: 'stdout' | 'stderr') {
  const stream = new PassThrough()
  const whole = text(stream)
  Object.defineProperty(process, name, { value: stream, configurable: true })
  return {
    end() {
      stream.end()
      return whole
    },
  }
}
