import assert from 'node:assert/strict'
import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { inEmptyFolder, root } from './folder.mjs'

/** README says how much is installed. Binaries of other platforms have other sizes, so it says which one this is. */
export const checkSize = () =>
  inEmptyFolder('size', async (folder) => {
    folder.install('koa')
    const [, said] = /add up to (\d+) MB on Linux/.exec(readFileSync(join(root, 'README.md'), 'utf8')) ?? []
    const measured = bytesIn(folder.file('node_modules')) / 1e6
    console.log(`packed: koa-scopes and koa install ${measured.toFixed(1)} MB`)
    if (process.platform !== 'linux') return
    assert.ok(Math.abs(measured - said) <= measured / 10, `README says ${said} MB`)
  })

function bytesIn(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  return files.reduce((sum, { parentPath, name }) => sum + lstatSync(join(parentPath, name)).size, 0)
}
