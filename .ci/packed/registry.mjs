import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { inBareFolder, packed, root } from './folder.mjs'

/** Publishes to a registry of its own, and follows the pictures and links of the page that a registry would show. */
export const checkRegistry = () =>
  inBareFolder('registry', async (folder) => {
    const { readme, repository, version } = await published(folder)
    const base = repository.url.replace(/^git\+|\.git$/g, '')
    const links = [...readme.replace(/^```.*?^```$/gms, '').matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target)
    assert.ok(links.length > 30, `only ${links.length} links: ${readme}`)
    assert.deepEqual(
      links.filter((target) => !/^https:|^#/.test(target)),
      [],
      'relative links',
    )
    const own = links.filter((target) => target.startsWith(base))
    const paths = own.map((target) => target.replace(/#.*/, '').split(`/v${version}/`)[1])
    assert.deepEqual(
      paths.filter((path) => path === undefined || !existsSync(join(root, path))),
      [],
      'links to nothing',
    )
  })

/** What a registry gets to show. */
async function published(folder) {
  let document
  const server = createServer(async (request, response) => {
    if (request.method === 'PUT') document = await json(request)
    response.writeHead(request.method === 'PUT' ? 201 : 404).end('{}')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const host = `127.0.0.1:${server.address().port}`
  const args = ['publish', packed(), '--registry', `http://${host}/`, `--//${host}/:_authToken=none`]
  try {
    await promisify(execFile)('npm', args, { cwd: folder.path })
  } finally {
    server.close()
  }
  const [manifest] = Object.values(document.versions)
  return { ...manifest, readme: manifest.readme ?? document.readme }
}
