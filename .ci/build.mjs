/** Compiles `src` to the folder in argv[2], by default `dist`, and puts what is read from files there into the code. */

import { execFileSync } from 'node:child_process'
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join, parse } from 'node:path'

const root = join(import.meta.dirname, '..')
const out = process.argv[2] ?? join(root, 'dist')
const withoutExtension = (file) => parse(file).name

const filesIn = (folder) => readdirSync(folder).map((file) => join(folder, file))
const uplot = join(root, 'node_modules/uplot/dist')

/** Modules that read files: the name of the function, the files, and what the function is called with. */
const readers = [
  ['drivers/redis/lua', 'lua', filesIn(join(root, 'src/drivers/redis/scripts')), withoutExtension],
  ['drivers/postgres/sql', 'sql', filesIn(join(root, 'src/drivers/postgres/queries')), withoutExtension],
  ['drivers/mariadb/sql', 'sql', filesIn(join(root, 'src/drivers/mariadb/queries')), withoutExtension],
  ['drivers/sqlite/sql', 'sql', filesIn(join(root, 'src/drivers/sqlite/queries')), withoutExtension],
  ['admin/own-file', 'ownFile', filesIn(join(root, 'src/admin/static')), basename],
  ['admin/uplot-file', 'uplotFile', [join(uplot, 'uPlot.esm.js'), join(uplot, 'uPlot.min.css')], basename],
]

rmSync(out, { recursive: true, force: true })
const compiler = join(root, 'node_modules/typescript/bin/tsc')
execFileSync(process.execPath, [compiler, '-p', join(root, 'src'), '--outDir', out], { stdio: 'inherit' })

for (const [module, name, files, nameOf] of readers) {
  const texts = Object.fromEntries(files.map((file) => [nameOf(file), readFileSync(file, 'utf8')]))
  replace(module, `const texts = ${JSON.stringify(texts, null, 2)}\n\nexport const ${name} = (name) => texts[name]\n`)
}
replace('container/runs-as-typescript', 'export const runsAsTypeScript = false\n')
// As its license asks where it is copied.
cpSync(join(uplot, '../LICENSE'), join(out, 'admin/uplot-file.LICENSE'))

function replace(module, code) {
  writeFileSync(join(out, `${module}.js`), code)
  rmSync(join(out, `${module}.js.map`), { force: true })
}
