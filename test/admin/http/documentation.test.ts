import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { operatedNode } from '../../support/admin-node.js'
import { seed, token } from '../../support/admin-site.js'
import { Visitor } from '../../support/visitor.js'

const example =
  /```sh\ncurl (?:-X (?<method>\w+) )?-H "Authorization: Bearer \$ADMIN_TOKEN" "?http:\/\/127\.0\.0\.1:9090(?<path>[^\s"]+)"?\n```\n\n```json\n(?<answer>.*?)```/gs

it('the examples of docs/admin.md give the answers that stand below them', async () => {
  const examples = [...(await readFile('docs/admin.md', 'utf8')).matchAll(example)].map(({ groups }) => groups)
  expect(examples.length).toBeGreaterThan(5)
  const path = await mkdtemp(join(tmpdir(), 'koa-scopes-admin-'))
  const cache = { driver: 'lmdb', storage: true, path } as const
  const ofAnna = {
    principal: 'anna',
    description: '{"device":"Firefox on Linux"}',
    touch: { touchedAt: Date.now(), hits: 12 },
  }
  await seed(
    cache,
    ['Zk3Jq0Wl8nY2pT6vB4rX1g', 'zk3Jq0Wl8nY2pT6vB4rX1g'].map((id) => ({ id, ...ofAnna })),
  )
  let stop = async () => {}
  const node = await operatedNode({ cache }, (it) => {
    stop = it
  })
  for (const groups of examples) {
    const headers = { authorization: `Bearer ${token}` }
    const answer = await new Visitor().get(node.adminUrl, groups?.path, { method: groups?.method ?? 'GET', headers })
    expect(answer.json(), groups?.path).toEqual(JSON.parse(groups?.answer ?? '', loosened))
  }
  await stop()
  await rm(path, { recursive: true })
})

/** Times and cursors are others each time. */
function loosened(key: string, value: unknown): unknown {
  if (key === 'cursor') return expect.any(String)
  return typeof value === 'string' && /^2026-01-31T/.test(value) ? expect.stringMatching(/^\d{4}-\d\d-\d\dT/) : value
}
