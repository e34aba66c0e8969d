import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, copyFile, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, onTestFinished, test, vi } from 'vitest'
import { freePort } from '../../examples/two-nodes/free-port.js'
import { main } from '../support/cli.js'
import { withFolder } from '../support/container.js'
import { programAt } from '../support/program.js'
import { startRedis } from '../support/redis-server.js'
import { Visitor } from '../support/visitor.js'

const example = (name: string) => fileURLToPath(new URL(`../../examples/production/${name}`, import.meta.url))
const dockerfile = await readFile(example('Dockerfile'), 'utf8')

/** The command of an instruction that has a list. */
function commandOf(instruction: RegExp): readonly string[] {
  const [, list = '[]'] = new RegExp(`${instruction.source}\\s*(\\[.*\\])$`, 'm').exec(dockerfile) ?? []
  return JSON.parse(list)
}

/** A folder as the image has it in /app. */
async function install(folder: string): Promise<void> {
  const { file } = programAt(main)
  await chmod(file, 0o755)
  await mkdir(join(folder, 'node_modules/.bin'), { recursive: true })
  await symlink(file, join(folder, 'node_modules/.bin/koa-scopes'))
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
  for (const name of ['app.config.yaml', 'application.js']) await copyFile(example(name), join(folder, name))
}

const exitOf = async (child: ChildProcess): Promise<unknown> => (await once(child, 'exit'))[0]

test('the command of the image serves, answers its health check, drains at SIGTERM and ends with 0', () =>
  withFolder(async (folder) => {
    await install(folder)
    const redis = await startRedis({ requirepass: 'of the example' })
    onTestFinished(() => redis.stop())
    const passwordFile = join(folder, 'redis_password')
    await writeFile(passwordFile, 'of the example\n')
    // The address of Redis has no variable for its port, since a container has Redis on the usual one.
    const config = join(folder, 'app.config.yaml')
    await writeFile(
      config,
      (await readFile(config, 'utf8'))
        .replace('host: "${REDIS_HOST', `port: ${redis.port}\n    host: "\${REDIS_HOST`)
        .replace('drain: 8s', 'drain: 1s'),
    )
    const env = {
      ...process.env,
      npm_lifecycle_event: undefined,
      PORT: `${await freePort()}`,
      REDIS_PASSWORD_FILE: passwordFile,
    }
    const [program = '', ...args] = commandOf(/^CMD/)
    const child = spawn(join(folder, program), args, { cwd: folder, env, stdio: ['ignore', 'ignore', 'inherit'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    const url = `http://127.0.0.1:${env.PORT}`
    const ready = async () => (await fetch(`${url}/healthz/ready`)).status
    await vi.waitFor(async () => expect(await ready()).toBe(200), { timeout: 20_000, interval: 50 })

    const visitor = new Visitor()
    expect([(await visitor.get(url)).text, (await visitor.get(url)).text]).toEqual(['Visit 1\n', 'Visit 2\n'])
    const [probe = '', ...probeArgs] = commandOf(/^ {2}CMD/)
    expect(probe).toBe('node')
    const check = () => promisify(execFile)(process.execPath, probeArgs, { env })
    await check()

    const ended = exitOf(child)
    child.kill('SIGTERM')
    await vi.waitFor(async () => expect(await ready()).toBe(503), { interval: 10 })
    expect((await visitor.get(url)).text).toBe('Visit 3\n')
    await check()
    expect(await ended).toBe(0)
    await expect(check()).rejects.toMatchObject({ code: 1 })
  }))
