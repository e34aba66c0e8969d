/** Compiles `src` to the folder in argv[2], by default `dist`, and puts the Lua scripts into the code. */

import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, parse } from 'node:path'

const root = join(import.meta.dirname, '..')
const out = process.argv[2] ?? join(root, 'dist')
const scripts = join(root, 'src/drivers/redis/scripts')

rmSync(out, { recursive: true, force: true })
const compiler = join(root, 'node_modules/typescript/bin/tsc')
execFileSync(process.execPath, [compiler, '-p', join(root, 'src'), '--outDir', out], { stdio: 'inherit' })

const texts = Object.fromEntries(
  readdirSync(scripts).map((file) => [parse(file).name, readFileSync(join(scripts, file), 'utf8')]),
)
const module = `const texts = ${JSON.stringify(texts, null, 2)}\n\nexport const lua = (name) => texts[name]\n`
writeFileSync(join(out, 'drivers/redis/lua.js'), module)
rmSync(join(out, 'drivers/redis/lua.js.map'), { force: true })
