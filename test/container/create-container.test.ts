import { describe, expect, test } from 'vitest'
import { createContainer } from '../../src/container/create-container.js'
import type { DriverDefinition } from '../../src/drivers/definition.js'
import { memory } from '../../src/drivers/memory/index.js'

/** Of zod 3, as far as it differs. */
const foreignSchema = { safeParse: () => ({ success: true, data: {} }) }

const refusal = async (driver: unknown) => {
  const drivers = [driver as DriverDefinition]
  return createContainer({ caches: { pages: { driver: 'mine' } } }, { drivers }).then(
    () => 'created',
    (error) => `${error.code}: ${error.message}`,
  )
}

describe('a driver given to createContainer()', () => {
  test.each([
    ['no object', null, /undefined given .* it is not an object/],
    ['nameless', { ...memory, name: '' }, /'' given .* it has no name/],
    ['without create', { ...memory, name: 'mine', create: undefined }, /'mine' given .* create is not a function/],
    ['without capabilities', { ...memory, name: 'mine', capabilities: {} }, /capabilities is not a function/],
    [
      'with a schema of zod 3',
      { ...memory, name: 'mine', options: foreignSchema },
      /no.* schema of zod 4.*Import z from/s,
    ],
    ['without options', { ...memory, name: 'mine', options: undefined }, /not a schema of zod 4/],
  ])('is refused at the start if it is %s', async (_, driver, sentence) => {
    const refused = await refusal(driver)
    expect(refused).toMatch(/^DRIVER_UNUSABLE: /)
    expect(refused).toMatch(sentence)
  })
})
