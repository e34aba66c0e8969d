import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from './sources.js'

const programs = readdirSync(join(root, 'test/types/programs'))
const compiler = join(root, 'node_modules/typescript/bin/tsc')

/** What `npm run check` leaves out, because it declares types for every Koa. */
test.each(programs)('the program in test/types/programs/%s compiles', { timeout: 60_000 }, (program) => {
  expect(compile(program)).toBe('')
})

function compile(program: string): string {
  try {
    const project = join(root, 'test/types/programs', program)
    return execFileSync(process.execPath, [compiler, '-p', project, '--pretty', 'false'], { encoding: 'utf8' })
  } catch (error) {
    return (error as { stdout: string }).stdout
  }
}
