import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { quietContainer } from '../support/container.js'
import { LogLines } from '../support/log-lines.js'
import { anyRedis } from '../support/redis-server.js'

let redis: Awaited<ReturnType<typeof anyRedis>>
beforeAll(async () => {
  redis = await anyRedis()
})
afterAll(() => redis.stop())

interface Deployment {
  readonly environment?: string
  readonly host?: string
  readonly env?: NodeJS.ProcessEnv
}

/** Starts a program on this prefix. Resolves with the warnings of its log and of its health. */
async function warningsOf(prefix: string, { environment, host, env = {} }: Deployment): Promise<readonly unknown[][]> {
  const log = new LogLines()
  const container = await quietContainer(
    {
      server: { ...(environment !== undefined && { environment }) },
      caches: { shared: { driver: 'redis', url: redis.url, prefix, storage: true } },
      applications: { shop: { ...(host !== undefined && { host }), session: { storage: 'shared', cluster: true } } },
    },
    { applications: { shop: {} }, env, logger: log.logger },
  )
  onTestFinished(() => container.close())
  const { shared } = (await container.health()).caches
  const isOurs = (text: unknown) => String(text).includes(`used the prefix ${prefix}`)
  const logged = log.shown.filter(({ level }) => level === 'warn').map(({ message }) => message)
  return [logged.filter(isOurs), (shared?.status === 'up' ? shared.warnings : []).filter(isOurs)]
}

const none = [[], []]

describe('71. two programs of one application name on one prefix', () => {
  const freshPrefix = () => `test-${randomUUID()}:`

  test('are warned of at start if their environments differ, and nodes of one deployment are not', async () => {
    const prefix = freshPrefix()
    expect(await warningsOf(prefix, { environment: 'production' })).toEqual(none)
    expect(await warningsOf(prefix, { environment: 'production' })).toEqual(none)
    const warning = expect.stringMatching(/another environment \("production", here "staging"\).*a prefix of its own/)
    expect(await warningsOf(prefix, { environment: 'staging' })).toEqual([[warning], [warning]])
    expect(await warningsOf(prefix, { environment: 'staging' })).toEqual(none)
    expect(await warningsOf(freshPrefix(), { environment: 'production' })).toEqual(none)
  })

  test('differ by NODE_ENV too, unless the configuration names the environment', async () => {
    const prefix = freshPrefix()
    expect(await warningsOf(prefix, { env: { NODE_ENV: 'production' } })).toEqual(none)
    expect(await warningsOf(prefix, { env: { NODE_ENV: 'development' }, environment: 'production' })).toEqual(none)
    expect((await warningsOf(prefix, { env: { NODE_ENV: 'development' } }))[0]).toHaveLength(1)
  })

  test('differ by the host of the application', async () => {
    const prefix = freshPrefix()
    expect(await warningsOf(prefix, { host: 'shop.example.com' })).toEqual(none)
    const warning = expect.stringMatching(/another host for the application shop \("shop.example.com"/)
    expect(await warningsOf(prefix, { host: 'staging.example.com' })).toEqual([[warning], [warning]])
  })
})
