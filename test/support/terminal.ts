import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { main } from './cli.js'
import { foundProgram, type ServerProgram } from './installed-program.js'
import { programAt } from './program.js'

/** util-linux, which gives a program a terminal. */
const script: ServerProgram = {
  names: ['script'],
  package: 'bsdutils',
  remedy: 'Put the program script of util-linux on the PATH.',
}

/** Whether a test can have a terminal. */
export const hasTerminal = process.platform === 'linux' && (await foundProgram(script)) !== undefined

interface TerminalProcess {
  /** Everything that it has written so far. */
  readonly screen: string
  /** Types on its keyboard. */
  type(text: string): void
  /** Resolves when it has written this. */
  shows(text: string | RegExp): Promise<void>
  /** The exit code. */
  ended(): Promise<number | null>
}

/** Runs `koa-scopes` on a terminal of its own, 100 columns wide and 30 rows high. */
export function runInTerminal(
  args: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env?: NodeJS.ProcessEnv },
) {
  const { execArgv, file } = programAt(main)
  const words = [process.execPath, ...execArgv, file, ...args].map((word) => `'${word.replaceAll("'", `'\\''`)}'`)
  const command = `stty cols 100 rows 30; exec ${words.join(' ')}`
  const child = spawn('script', ['-qefc', command, '/dev/null'], {
    cwd,
    env: { ...process.env, NO_COLOR: undefined, TERM: 'xterm', ...env },
  })
  let screen = ''
  const listeners = new Set<() => void>()
  child.stdout.on('data', (bytes) => {
    screen += bytes
    for (const listener of listeners) listener()
  })
  const exit = once(child, 'exit')
  const running: TerminalProcess = {
    get screen() {
      return screen
    },
    type: (text) => void child.stdin.write(text),
    shows: (wanted) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (!(typeof wanted === 'string' ? screen.includes(wanted) : wanted.test(screen))) return
          listeners.delete(look)
          resolve()
        }
        listeners.add(look)
        exit.then(() => reject(new Error(`It ended before it showed ${wanted}: ${screen}`)))
        look()
      }),
    async ended() {
      const [code] = await exit
      return code
    },
  }
  return running
}
