/** Compiles `src` to the folder in argv[2], by default `dist`, and puts the scripts and queries into the code. */

import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, parse } from 'node:path'

const root = join(import.meta.dirname, '..')
const out = process.argv[2] ?? join(root, 'dist')
const drivers = join(root, 'src/drivers')

/** Modules that read a file beside them, with the name of the function and the folder of the files. */
const readers = [
  ['redis/lua', 'lua', 'redis/scripts'],
  ['postgres/sql', 'sql', 'postgres/queries'],
  ['mariadb/sql', 'sql', 'mariadb/queries'],
  ['sqlite/sql', 'sql', 'sqlite/queries'],
]

rmSync(out, { recursive: true, force: true })
const compiler = join(root, 'node_modules/typescript/bin/tsc')
execFileSync(process.execPath, [compiler, '-p', join(root, 'src'), '--outDir', out], { stdio: 'inherit' })

for (const [module, name, folder] of readers) {
  const files = readdirSync(join(drivers, folder))
  const texts = Object.fromEntries(
    files.map((file) => [parse(file).name, readFileSync(join(drivers, folder, file), 'utf8')]),
  )
  const code = `const texts = ${JSON.stringify(texts, null, 2)}\n\nexport const ${name} = (name) => texts[name]\n`
  writeFileSync(join(out, 'drivers', `${module}.js`), code)
  rmSync(join(out, 'drivers', `${module}.js.map`), { force: true })
}
