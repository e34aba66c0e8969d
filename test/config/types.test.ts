import { expect, it } from 'vitest'
import { ConfigError } from '../../src/config/config-error.js'
import { quietContainer } from '../support/container.js'

it('types that cannot be registered are a ConfigError, which lists them', async () => {
  const error = await quietContainer({ applications: {} }, { types: { classes: { '': Date } } }).catch((it) => it)
  expect(error).toBeInstanceOf(ConfigError)
  expect(error.problems).toMatchObject([{ path: 'classes[""]' }, { path: 'classes.' }])
})
