// Copies the LMDB folder of a running server, in one state: node backup-lmdb.mjs ./data ./backup

import { chmod, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { open } from 'lmdb'

const [from, to] = process.argv.slice(2)
if (!from || !to) throw new Error('Name the folder and where to copy it: node backup-lmdb.mjs ./data ./backup')
await mkdir(to, { mode: 0o700 }) // fails if it is there
const root = open({ path: from, readOnly: true, noSubdir: false })
await root.backup(to, true)
await root.close()
await chmod(join(to, 'data.mdb'), 0o600)
