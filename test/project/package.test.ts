import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { dirname, join, normalize } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { documents, root } from './sources.js'

/** The files that the package would have, without building it. */
async function packedFiles(): Promise<readonly string[]> {
  const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: root,
  })
  return JSON.parse(stdout)[0].files.map(({ path }: { readonly path: string }) => path)
}

test('74. every file that README and docs link to or show is in the package', async () => {
  const files = await packedFiles()
  const isThere = (path: string) => files.some((file) => file === path || file.startsWith(`${path}/`))
  const missing: string[] = []
  for (const page of documents) {
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

test('the package has nothing of the site but its pages', async () => {
  const files = await packedFiles()
  expect(files.filter((file) => /^docs\/(\.vitepress|api)\//.test(file))).toEqual([])
})
