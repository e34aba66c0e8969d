import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { configJsonSchema } from '../../src/config/json-schema.js'
import { builtInDrivers } from '../../src/drivers/registry.js'
import { load } from './loading.js'
import { keysOf } from './schema-keys.js'

const text = await readFile('docs/configuration.md', 'utf8')
const keys = new Set(keysOf(configJsonSchema(builtInDrivers)).map(({ key }) => key))
const examples = [...text.matchAll(/```yaml\n(.*?)```/gs)].map(([, example]) => example ?? '')

describe('docs/configuration.md', () => {
  it.each([...keys])('explains %s', (key) => expect(text).toMatch(new RegExp(`\`${key}\`|^## ${key}$`, 'm')))

  it.each(examples)('has examples that are right: %s', async (example) => {
    await expect(load(example, { drivers: builtInDrivers })).resolves.toBeDefined()
  })
})
