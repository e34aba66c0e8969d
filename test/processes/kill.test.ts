import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { withFolder } from '../support/container.js'
import { startServer } from '../support/server-process.js'
import { Visitor } from '../support/visitor.js'

const application = fileURLToPath(new URL('order-application.js', import.meta.url))

/** Memory-first on LMDB, in this folder. */
async function configIn(folder: string, backup: 'response' | 'behind'): Promise<string> {
  const file = join(folder, 'app.config.yaml')
  await writeFile(
    file,
    `server: { port: 0 }
caches: { disk: { driver: lmdb, path: ./data, storage: true } }
applications:
  shop: { module: ${application}, session: { storage: disk, cluster: false, backup: ${backup} } }
`,
  )
  return file
}

const linesIn = (headers: Headers) => [headers.get('lines'), headers.get('times')].map(Number)

/** Kills a server as soon as the head of its response is here; the next one has what was changed. Returns how often. */
async function killAgainAndAgain(times: number): Promise<number> {
  return withFolder(async (folder) => {
    const file = await configIn(folder, 'response')
    let cookie = ''
    for (let killed = 0; killed < times; killed += 1) {
      const server = await startServer(file)
      const { headers } = await fetch(server.url, { headers: { cookie } })
      await server.kill()
      expect(linesIn(headers)).toEqual([killed, killed])
      cookie ||= headers.getSetCookie()[0]?.split(';')[0] ?? ''
    }
    return times
  })
}

describe('26. a change inside a value, cluster: false on LMDB', () => {
  /** Set KILLS to 100 for the number that was promised; each costs a start. */
  const kills = Number(process.env.KILLS ?? 8)
  const lanes = 4
  const timesPerLane = kills / lanes + 1 // the first of a lane finds nothing to lose

  it(`is there after SIGKILL right after the response, ${kills} times out of ${kills}`, {
    timeout: 240_000,
  }, async () => {
    const survived = await Promise.all(Array.from({ length: lanes }, () => killAgainAndAgain(timesPerLane)))
    expect(survived).toEqual(Array(lanes).fill(timesPerLane))
  })
})

describe('49. a server that gets SIGTERM', () => {
  it('lets the running request finish, brings its backup to the store and exits with 0', () =>
    withFolder(async (folder) => {
      const file = await configIn(folder, 'behind')
      const visitor = new Visitor()
      const server = await startServer(file)
      await visitor.get(server.url)
      const slow = visitor.get(server.url, '/slow')
      await server.says('a slow request is running')
      server.signal('SIGTERM')
      expect(await slow).toMatchObject({ status: 200, text: 'added' })
      expect(await server.exit()).toBe(0)

      const next = await startServer(file)
      const { headers } = await visitor.get(next.url)
      expect(linesIn(headers)).toEqual([2, 2])
      await next.kill()
    }))
})
