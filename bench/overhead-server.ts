import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Koa from 'koa'
import { createContainer, defineApplication } from 'koa-scopes'

const answer = (ctx: { body: unknown }) => {
  ctx.body = 'hello'
}

async function scopedListener() {
  const folder = await mkdtemp(join(tmpdir(), 'koa-scopes-bench-'))
  process.once('exit', () => rm(folder, { recursive: true, force: true }))
  const hello = defineApplication<{ session: object; client: object }>({ setup: (app) => void app.use(answer) })
  const container = await createContainer(
    {
      caches: { disk: { driver: 'lmdb', path: folder, storage: true } },
      applications: { hello: { session: { storage: 'disk' }, client: { storage: 'disk', cluster: true } } },
    },
    { applications: { hello } },
  )
  return container.callback()
}

const listener = process.argv[2] === 'bare' ? new Koa().use(answer).callback() : await scopedListener()
const server = createServer(listener).listen(0, '127.0.0.1', () => {
  process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
})
process.on('message', () => {
  const { system, user } = process.cpuUsage()
  process.send?.(system + user)
})
