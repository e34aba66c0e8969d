import { on } from 'node:events'
import { createInterface } from 'node:readline'
import { type CliOptions, type CliProcess, exitOf, spawnCli } from './cli.js'

/** `koa-scopes start` in a process of its own. */
export class ServerProcess {
  readonly url: string
  readonly #child: CliProcess
  readonly #lines: AsyncIterator<string>

  constructor(url: string, child: CliProcess, lines: AsyncIterator<string>) {
    this.url = url
    this.#child = child
    this.#lines = lines
  }

  /** Resolves when it has written this line to its standard output. */
  async says(line: string): Promise<void> {
    await lineAmong(this.#lines, (it) => it === line)
  }

  /** Resolves with the rest of a line of its standard output that begins so. */
  async rest(begin: string): Promise<string> {
    return (await lineAmong(this.#lines, (it) => it.startsWith(begin))).slice(begin.length)
  }

  /** Ends it with SIGKILL: nothing of it can tidy up. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await exitOf(this.#child)
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** null when a signal has ended it. */
  exit(): Promise<number | null> {
    return exitOf(this.#child)
  }
}

const announcement = /^koa-scopes serves .* at (\S+)$/

/** Resolves when it listens. Throws when it ends before that. */
export async function startServer(file: string, options?: CliOptions): Promise<ServerProcess> {
  const child = spawnCli(['start', file], options)
  child.stderr.pipe(process.stderr)
  const lines = linesOf(child)
  return new ServerProcess(await urlAmong(lines), child, lines)
}

/** The URL at which it says that it serves. */
export const announced = (child: CliProcess): Promise<string> => urlAmong(linesOf(child))

const urlAmong = async (lines: AsyncIterator<string>): Promise<string> =>
  announcement.exec(await lineAmong(lines, (it) => announcement.test(it)))?.[1] ?? ''

async function* linesOf(child: CliProcess): AsyncGenerator<string> {
  const reading = createInterface(child.stdout)
  for await (const [line] of on(reading, 'line', { close: ['close'] })) yield line
}

async function lineAmong(lines: AsyncIterator<string>, isMeant: (line: string) => boolean): Promise<string> {
  for (;;) {
    const { value, done } = await lines.next()
    if (done) throw new Error('The server ended without saying what was expected')
    if (isMeant(value)) return value
  }
}
