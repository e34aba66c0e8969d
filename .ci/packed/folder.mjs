import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))

let tarball

/**
 * A folder with an ES module's package.json and nothing else; `use` may install the packed package there. Removed afterwards.
 *
 * @param {string} name part of the folder's name
 * @param {(folder: Folder) => Promise<void>} use
 */
export const inEmptyFolder = (name, use) =>
  inBareFolder(name, async (folder) => {
    folder.run('npm', 'init', '-y')
    folder.run('npm', 'pkg', 'set', 'type=module')
    await use(folder)
  })

/** The same without a package.json. */
export async function inBareFolder(name, use) {
  const path = mkdtempSync(join(tmpdir(), `koa-scopes-${name}-`))
  try {
    await use(new Folder(path))
  } finally {
    rmSync(path, { recursive: true, force: true })
  }
}

export class Folder {
  path

  constructor(path) {
    this.path = path
  }

  /** The path of a file in it. */
  file(name) {
    return join(this.path, name)
  }

  /** A program of a package that is installed in it. */
  program(name) {
    return this.file(`node_modules/.bin/${name}`)
  }

  /** Runs a program in it. Throws if it fails. What it prints is shown only then. */
  run(program, ...args) {
    try {
      return execFileSync(program, args, { cwd: this.path, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
    } catch (error) {
      throw new Error(`${program} ${args.join(' ')}\n${error.stdout ?? ''}${error.stderr ?? ''}`)
    }
  }

  /** Installs the packed package and these others. */
  install(...others) {
    this.run('npm', 'install', '--no-audit', '--no-fund', packed(), ...others)
  }

  /** Copies a file or folder of the repository into it. */
  copy(from, to = '.') {
    cpSync(join(root, from), this.file(to), { recursive: true })
  }
}

/** What a program prints in a folder, and its exit code, whether it fails or not. */
export function printed(folder, env, program, ...args) {
  const { stdout, stderr, status } = spawnSync(program, args, {
    cwd: folder.path,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  })
  return { stdout, stderr, status }
}

/** The path of the packed package: the one that PACKED_PACKAGE names, or made once. `npm run build` must have run. */
export function packed() {
  tarball ??= process.env.PACKED_PACKAGE
  if (tarball) return tarball
  const folder = mkdtempSync(join(tmpdir(), 'koa-scopes-packed-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  tarball = join(
    folder,
    readdirSync(folder).find((file) => file.endsWith('.tgz')),
  )
  return tarball
}
