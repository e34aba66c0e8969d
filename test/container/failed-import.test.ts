import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { quietContainer, withFolder } from '../support/container.js'

/** How the start of an application in this module fails. */
const failureOf = (content: string, name = 'shop.mjs') =>
  withFolder(async (folder) => {
    await mkdir(join(folder, 'node_modules'))
    const module = join(folder, name)
    await writeFile(module, content)
    return quietContainer({ applications: { shop: { module } } }).then(
      () => undefined,
      (error) => error,
    )
  })

describe('a module that cannot be imported', () => {
  it.each([
    ["import 'no-such-package'", 'shop.mjs', 'Run: npm install no-such-package'],
    ["import '@no-such/package/part.js'", 'shop.mjs', 'Run: npm install @no-such/package'],
    ["require('no-such-package/part')", 'shop.cjs', 'Run: npm install no-such-package'],
    ["import './missing.js'", 'shop.mjs', 'Correct the path of that import.'],
    ["require('./missing')", 'shop.cjs', 'Correct the path of that import.'],
    ["throw new Error('mine')", 'shop.mjs', 'Correct it where its cause says.'],
    ['export default 5', 'shop.mjs', expect.stringMatching(/^It must export a definition/)],
  ])('%s in %s: %s', async (content, name, remedy) => {
    const error = await failureOf(content, name)
    expect(error).toMatchObject({ code: 'MODULE_UNUSABLE', remedy })
    expect(error.details.reason).not.toContain('\n')
  })
})
