/** Compiles `src` to the folder in argv[2], by default `dist`, and puts the scripts and queries into the code. */

import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, parse } from 'node:path'

const root = join(import.meta.dirname, '..')
const out = process.argv[2] ?? join(root, 'dist')
const withoutExtension = (file) => parse(file).name

/** Modules that read a file beside them: the name of the function, the folder of the files, and what the function is called with. */
const readers = [
  ['drivers/redis/lua', 'lua', 'drivers/redis/scripts', withoutExtension],
  ['drivers/postgres/sql', 'sql', 'drivers/postgres/queries', withoutExtension],
  ['drivers/mariadb/sql', 'sql', 'drivers/mariadb/queries', withoutExtension],
  ['drivers/sqlite/sql', 'sql', 'drivers/sqlite/queries', withoutExtension],
  ['admin/own-file', 'ownFile', 'admin/static', (file) => file],
]

rmSync(out, { recursive: true, force: true })
const compiler = join(root, 'node_modules/typescript/bin/tsc')
execFileSync(process.execPath, [compiler, '-p', join(root, 'src'), '--outDir', out], { stdio: 'inherit' })

for (const [module, name, folder, nameOf] of readers) {
  const files = readdirSync(join(root, 'src', folder))
  const texts = Object.fromEntries(
    files.map((file) => [nameOf(file), readFileSync(join(root, 'src', folder, file), 'utf8')]),
  )
  const code = `const texts = ${JSON.stringify(texts, null, 2)}\n\nexport const ${name} = (name) => texts[name]\n`
  writeFileSync(join(out, `${module}.js`), code)
}
