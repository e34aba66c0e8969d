// Compiles what measures, and puts beside it what it starts. Run: npm run bench:build
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const run = (command, ...args) => execFileSync(command, args, { cwd: root, stdio: 'inherit' })

if (!existsSync(`${root}bench/node_modules`)) run('npm', 'ci', '--prefix', 'bench')
run(process.execPath, 'node_modules/typescript/bin/tsc', '-p', 'bench')
// The stand-in for MongoDB is a program in Java.
cpSync(`${root}test/support/mongo-stand-in`, `${root}bench/dist/test/support/mongo-stand-in`, { recursive: true })
