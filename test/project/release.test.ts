import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { read, root } from './sources.js'

const { repository, version } = JSON.parse(read('package.json'))
const address = repository.url.replace(/^git\+|\.git$/g, '')
const ci = parse(read('.github/workflows/ci.yml'))
const release = parse(read('.github/workflows/release.yml'))
const { publish } = release.jobs

describe('the workflows', () => {
  test('run .ci/run for each change, and before each release', () => {
    expect(Object.keys(ci.on)).toEqual(['push', 'pull_request', 'workflow_call'])
    expect(ci.jobs.run.steps.at(-1).run).toBe('.ci/run')
    expect(release.jobs.check.uses).toBe('./.github/workflows/ci.yml')
    expect(publish.needs).toBe('check')
  })

  test('publish the packed file of a tagged version, with provenance', () => {
    expect(release.on).toEqual({ push: { tags: ['v*'] } })
    const commands: string[] = publish.steps.flatMap(({ run = [] }) => run)
    expect(commands.at(-2)).toBe('npm pack')
    expect(commands.at(-1)).toMatch(/ publish \S+\.tgz --provenance /)
  })

  test('may sign in the job that publishes only, and write nothing', () => {
    expect(publish.permissions).toEqual({ contents: 'read', 'id-token': 'write' })
    expect([ci.permissions, release.permissions]).toEqual([{ contents: 'read' }, { contents: 'read' }])
  })

  test('name the major version of each action', () => {
    const steps: { uses?: string }[] = [...ci.jobs.run.steps, ...publish.steps]
    const actions = steps.flatMap(({ uses = [] }) => uses)
    expect(actions).toContain('actions/checkout@v5')
    expect(actions.filter((action) => !/^[\w-]+\/[\w-]+@v\d+$/.test(action))).toEqual([])
  })
})

describe('.ci/release.mjs', () => {
  const run = (...args: string[]) =>
    spawnSync(process.execPath, ['.ci/release.mjs', ...args], { cwd: root, encoding: 'utf8' })

  test('accepts the tag of this version in the repository that package.json names', () => {
    expect(run(`v${version}`, address)).toMatchObject({ status: 0, stderr: '' })
  })

  test('refuses another tag and another repository, both at once and with the remedies', () => {
    const { status, stderr } = run('v0.0.1', 'https://github.com/other/koa-scopes')
    expect(status).toBe(1)
    expect(stderr).toContain(`Tag v${version}.`)
    expect(stderr).toContain('Write "git+https://github.com/other/koa-scopes.git"')
  })
})
