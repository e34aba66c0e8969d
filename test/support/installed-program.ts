import { execFile } from 'node:child_process'
import { access, constants } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A server program that tests start. */
export interface ServerProgram {
  /** An environment variable with its path. */
  readonly variable?: string
  /** Its names, which systems do not agree on. */
  readonly names: readonly string[]
  /** Folders to look in before the PATH. */
  readonly folders?: readonly string[]
  /** The package of Debian that has it. */
  readonly package: string
  /** What to do where it cannot be installed, in one sentence. */
  readonly remedy: string
}

/** The path of a program: from its variable, the PATH or /usr/sbin, else after an attempt to install it. Throws with the remedy. */
export async function installedProgram(program: ServerProgram): Promise<string> {
  const path = (await foundProgram(program)) ?? (await installed(program))
  if (path === undefined) throw new Error(program.remedy)
  return path
}

/** undefined where it is not installed. */
export async function foundProgram({ variable, names, folders: own = [] }: ServerProgram): Promise<string | undefined> {
  const named = variable && process.env[variable]
  if (named) return named
  const folders = [...own, ...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
  for (const folder of folders)
    for (const name of names) if (await isExecutable(join(folder, name))) return join(folder, name)
  return undefined
}

const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  )

/**
 * Test files that need it at the same time wait for each other. What goes wrong shows in that nothing is installed.
 * At run level 1 a package does not start its service.
 */
async function installed(program: ServerProgram): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return undefined
  for (const command of [['update'], ['install', '-y', '--no-install-recommends', program.package]])
    await run('apt-get', ['-o', 'DPkg::Lock::Timeout=120', ...command], {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
    }).catch(() => {})
  return foundProgram(program)
}
