import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, normalize } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { documents, root } from './sources.js'

const run = promisify(execFile)

/** The files that the package would have, without building it. */
async function packedFiles(): Promise<readonly string[]> {
  const { stdout } = await run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: root })
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

const { bugs, homepage, repository, version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
const address = repository.url.replace(/^git\+|\.git$/g, '')

test('package.json names one repository', () => {
  expect(repository.url).toBe(`git+${address}.git`)
  expect([homepage, bugs.url]).toEqual([`${address}#readme`, `${address}/issues`])
})

test('while the package is packed, the links of README are absolute and lead to files of this version', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'koa-scopes-readme-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const file = join(folder, 'README.md')
  await copyFile(join(root, 'README.md'), file)
  const change = (direction: string) => run('node', [join(root, '.ci/readme-links.mjs'), direction, file])

  await change('absolute')
  const text = await readFile(file, 'utf8')
  const links = [...text.replace(/^```.*?^```$/gms, '').matchAll(/(!?)\[[^\]]*\]\(([^)\s]+)\)/g)]
  const own = links.filter(([, , target = '']) => target.startsWith(address))
  const place = /\/(blob|raw|tree)\/v([^/]+)\/([^#]+)/
  expect(own.length).toBeGreaterThan(30)
  for (const [link, mark, target = ''] of own) {
    const [, kind, tag, path = ''] = place.exec(target) ?? []
    expect({ link, tag, isThere: existsSync(join(root, path)) }).toEqual({ link, tag: version, isThere: true })
    if (mark) expect({ link, kind }).toEqual({ link, kind: 'raw' })
  }
  expect(links.filter(([, , target = '']) => !/^(?:https:\/\/|#)/.test(target))).toEqual([])

  await change('relative')
  expect(await readFile(file, 'utf8')).toBe(await readFile(join(root, 'README.md'), 'utf8'))
})

test('in the repository, the links of README are relative', async () => {
  expect(await readFile(join(root, 'README.md'), 'utf8')).not.toContain(address)
})

test('the package has nothing of the site but its pages', async () => {
  const files = await packedFiles()
  expect(files.filter((file) => /^docs\/(\.vitepress|api)\//.test(file))).toEqual([])
})
