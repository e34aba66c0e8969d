// Copies the LMDB folder of a running server, in one state: node backup-lmdb.mjs ./data ./backup/$(date +%F)

import { chmod, mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { open } from 'lmdb'

const [from, to] = process.argv.slice(2)
if (!from || !to) end('Name the folder and where to copy it: node backup-lmdb.mjs ./data ./backup/$(date +%F)')
await mkdir(dirname(to), { recursive: true, mode: 0o700 })
try {
  await mkdir(to, { mode: 0o700 })
} catch (error) {
  if (error.code !== 'EEXIST') throw error
  end(`${to} is there already: name a folder that is not.`)
}
const root = open({ path: from, readOnly: true, noSubdir: false })
await root.backup(to, true)
await root.close()
await chmod(join(to, 'data.mdb'), 0o600)

function end(sentence) {
  console.error(sentence)
  process.exit(1)
}
