import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The files that the package would have, without building it. */
async function packedFiles(): Promise<readonly string[]> {
  const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: root,
  })
  return JSON.parse(stdout)[0].files.map(({ path }: { readonly path: string }) => path)
}

async function pages(): Promise<readonly string[]> {
  const docs = await readdir(join(root, 'docs'), { recursive: true })
  return ['README.md', ...docs.filter((file) => file.endsWith('.md')).map((file) => join('docs', file))]
}

test('74. every file that README and docs link to or show is in the package', async () => {
  const files = await packedFiles()
  const isThere = (path: string) => files.some((file) => file === path || file.startsWith(`${path}/`))
  const missing: string[] = []
  for (const page of await pages()) {
    const text = await readFile(join(root, page), 'utf8')
    for (const [, target = ''] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      const [path = ''] = target.split('#')
      if (path === '' || /^[a-z]+:/.test(path)) continue
      const linked = normalize(join(dirname(page), path)).replace(/\/$/, '')
      if (!isThere(linked)) missing.push(`${page}: ${target}`)
    }
  }
  expect(missing).toEqual([])
})
