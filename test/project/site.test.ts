import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import request from 'supertest'
import { expect, onTestFinished, test } from 'vitest'
import { files, front } from '../../docs/.vitepress/pages.js'
import { quietContainer } from '../support/container.js'
import { snippets } from './snippets.js'
import { documents } from './sources.js'

test('every page of docs is on the site, once (docs/.vitepress/pages.ts)', () => {
  const pages = documents.filter((file) => file.startsWith('docs/')).map((file) => file.slice('docs/'.length))
  expect([...files].sort()).toEqual(pages.sort())
})

test('the quick start of the first page counts visits, also after a restart', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'koa-scopes-quick-start-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  for (const name of ['app.config.yaml', 'shop.js']) writeFileSync(join(folder, name), named(name))
  let cookie = ''
  for (const visit of [1, 2]) {
    const container = await quietContainer(join(folder, 'app.config.yaml'))
    const answer = await request(container.callback()).get('/').set('Cookie', cookie)
    await container.close()
    expect(answer.text).toBe(`Visit ${visit}\n`)
    cookie = String(answer.headers['set-cookie']?.[0]).split(';')[0] ?? ''
  }
})

/** The file of the first page whose first line names it in a comment. */
function named(name: string): string {
  const found = snippets.find(
    ({ document, text }) => document === `docs/${front}` && text.split('\n')[0]?.endsWith(` ${name}`),
  )
  if (!found) throw new Error(`The first page has no ${name}`)
  return found.text
}
