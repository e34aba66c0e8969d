// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references to variables are written like this
import { describe, expect, it } from 'vitest'
import { errorOf, load, problemsIn } from './loading.js'

const host = async (text: string, env: NodeJS.ProcessEnv = {}) =>
  (await load(`server:\n  host: ${text}`, { env, applications: [] })).server.host

describe('an environment variable', () => {
  it.each([
    ['"${HOST}"', 'a'],
    ['"${NONE:-b}"', 'b'],
    ['"${EMPTY:-b}"', 'b'],
    ['"${HOST:-b}"', 'a'],
    ['"x-${HOST}-${NONE:-b}-y"', 'x-a-b-y'],
    ['"$${HOST}"', '${HOST}'],
    ['"$HOST $ {HOST}"', '$HOST $ {HOST}'],
    ['${HOST}', 'a'],
  ])('%s becomes %s', async (text, value) => {
    expect(await host(text, { HOST: 'a', EMPTY: '' })).toBe(value)
  })

  it('is not looked for in what it holds', async () => {
    expect(await host('"${HOST}"', { HOST: '${OTHER}', OTHER: 'x' })).toBe('${OTHER}')
  })

  it('may be a number or a boolean where one is wanted', async () => {
    const text = 'server: { port: "${PORT:-8080}", proxy: "${PROXY}" }'
    expect((await load(text, { env: { PROXY: 'true' }, applications: [] })).server).toMatchObject({
      port: 8080,
      proxy: true,
    })
  })

  it('stays text where text is wanted', async () => {
    const text = 'caches: { a: { driver: network, url: "redis://a", password: "${PASSWORD}", buckets: "${BUCKETS}" } }'
    const { caches } = await load(text, { env: { PASSWORD: '1234', BUCKETS: '4' }, applications: [] })
    expect(caches.get('a')?.options).toMatchObject({ password: '1234', buckets: 4 })
  })

  it('may be one of several forms', async () => {
    const text = 'applications: { shop: { session: { timeout: "${T}", memory: "${M}", cookie: { secure: "${S}" } } } }'
    const { applications } = await load(text, { env: { T: '5m', M: '1000', S: 'false' } })
    expect(applications.get('shop')?.session).toMatchObject({
      timeoutMs: 300_000,
      memoryBytes: 1000,
      cookie: { secure: false },
    })
  })

  it('that is not set is a problem that names it, with the others', async () => {
    const { problems } = await errorOf(
      load('server: { host: "${HOST}", port: "${PORT}", proxy: 1 }', { applications: [] }),
    )
    expect(problems.map(({ path, problem, remedy }) => [path, problem, remedy])).toEqual([
      [
        'server.host',
        '"${HOST}" needs the environment variable HOST, which is not set.',
        'Set HOST, or give a default: ${HOST:-default}.',
      ],
      [
        'server.port',
        '"${PORT}" needs the environment variable PORT, which is not set.',
        'Set PORT, or give a default: ${PORT:-default}.',
      ],
      ['server.proxy', '1 is not true or false.', 'Write it as in: proxy: true'],
    ])
  })

  it('whose value is a letter of the message does not garble it', async () => {
    const text = 'server: { port: "${PORT}", shutdown: "${TIME}", proxy: "${PROXY}" }'
    expect(await problemsIn(text, { env: { PORT: 'a', TIME: 's', PROXY: 'or' }, applications: [] })).toEqual([
      expect.stringContaining('server.port: "${PORT}" is not a number.'),
      expect.stringContaining('server.shutdown: "${TIME}" is not a length of time.'),
      expect.stringContaining('server.proxy: "${PROXY}" is not true or false.'),
    ])
  })

  it.each(['"${"', '"${HOST"', '"${1}"', '"${}"', '"${HOST-a}"', '"${A:-${B}}"'])('%s is a problem', async (text) => {
    expect(await problemsIn(`server: { host: ${text} }`, { applications: [] })).toEqual([
      expect.stringContaining('has a ${ that is not part of a reference'),
    ])
  })
})

describe('a message never shows', () => {
  const secret = 'hunter2'

  const messageOf = async (text: string) =>
    (await errorOf(load(text, { env: { SECRET: secret, URL: `redis://u:${secret}@h` }, applications: [] }))).message

  it.each([
    ['the value of a variable', 'server: { port: "${SECRET}" }'],
    ['the value of a variable inside other text', 'server: { shutdown: "10 ${SECRET}" }'],
    ['a variable that names a cache', 'applications: { a: { module: x, session: { storage: "${SECRET}" } } }'],
    [
      'a variable in the message of a driver',
      'caches: { a: { driver: network, nodes: [{ host: "${URL}", port: "${URL}" }] } }',
    ],
    ['the value of a key that is named as a secret', `caches: { a: { driver: network, password: { x: ${secret} } } }`],
    ['a list under a secret name', `caches: { a: { driver: network, password: [${secret}] } }`],
    ['the userinfo of a URL', `server: { port: "redis://user:${secret}@host" }`],
    ['the userinfo of a URL whose password has an @ and a /', `server: { port: "redis://user:a@b/${secret}@host" }`],
    ['the default of a variable that is named as a secret', `server: { port: "\${DB_PASSWORD:-${secret}}" }`],
    ['the text where the YAML is wrong', `caches: { a: { password: "x" ${secret} } }`],
    ['the text where an escape is wrong', `password: "\\x${secret}"`],
    ['the text where the YAML ends', `password: "${secret}`],
    ['the values of duplicate keys', `server: { token: ${secret}, token: ${secret} }`],
  ])('%s', async (_, text) => {
    const message = await messageOf(text)
    expect(message).not.toContain(secret)
    expect(message).not.toContain('hunter')
  })

  it('what a driver says about a secret', async () => {
    const message = await messageOf('caches: { a: { driver: network, url: "${SECRET}" } }')
    expect(message).toContain('caches.a.url: "${SECRET}" is not accepted')
  })
})
