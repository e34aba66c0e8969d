import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inEmptyFolder, root } from './folder.mjs'

const page = readFileSync(join(root, 'docs/testing.md'), 'utf8')

/** The files of docs/testing.md by name. */
const files = new Map(
  [...page.matchAll(/^```(?:js|yaml)\n((?:\/\/ file:|#) (\S+)\n.*?)^```$/gms)].map(([, text, name]) => [name, text]),
)

/** Runs the tests of docs/testing.md with each runner that the page names. */
export const checkTestRunners = () =>
  inEmptyFolder('test-runners', async (folder) => {
    const names = ['app.config.yaml', 'shop.js', 'shop.test.js', 'shop.node.test.js', 'orders.node.test.js']
    assert.deepEqual([...files.keys()], names)
    folder.install('koa@3', 'koa-body@8', 'vitest@4', 'jest@30', 'supertest@7')
    folder.run('npm', 'pkg', 'set', 'jest.transform={}', '--json')

    write(folder, 'vitest', 'shop.test.js')
    expectFivePassed(folder.run('npx', 'vitest', 'run', '--dir', 'vitest', '--reporter', 'json'))

    write(folder, 'jest', 'shop.test.js', (text) => text.replace("from 'vitest'", "from '@jest/globals'"))
    expectFivePassed(
      folder.run('node', '--experimental-vm-modules', 'node_modules/jest/bin/jest.js', '--json', 'jest/'),
    )

    for (const test of ['shop.node.test.js', 'orders.node.test.js']) {
      write(folder, 'node', test)
      const printed = folder.run('node', '--test', '--test-reporter', 'tap', `node/${test}`)
      assert.match(printed, /^# pass 1$/m)
    }
  })

/** Puts a test and what it needs into a folder of its own. */
function write(folder, name, test, adapt = (text) => text) {
  mkdirSync(folder.file(name), { recursive: true })
  for (const file of ['shop.js', test]) writeFileSync(folder.file(join(name, file)), adapt(files.get(file)))
  writeFileSync(folder.file('app.config.yaml'), files.get('app.config.yaml'))
}

function expectFivePassed(report) {
  const { numPassedTests, numTotalTests } = JSON.parse(report)
  assert.deepEqual([numPassedTests, numTotalTests], [5, 5])
}
