import Koa from 'koa'
import { open } from 'lmdb'
import { serve, storage } from './serve.js'

/** As the driver opens its file with `durability: commit`. */
const root = open<Buffer, string>({
  path: storage,
  noSubdir: false,
  overlappingSync: false,
  noMetaSync: true,
  eventTurnBatching: false,
  encoding: 'binary',
})
/** As many as the visitors of the other contestants, each with a session of this size. */
const sessions = 250
const session = Buffer.alloc(500, 's')
let requests = 0

const app = new Koa().use(async (ctx) => {
  requests += 1
  await root.put(`session ${requests % sessions}`, session)
  ctx.body = 'written'
})
await serve(app.callback())
