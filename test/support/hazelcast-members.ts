import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { access, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { freePort } from '../../examples/two-nodes/free-port.js'
import { endedWithProcess } from './ended-with-process.js'
import { installedProgram, type ServerProgram } from './installed-program.js'

const run = promisify(execFile)

export const hazelcastVersion = '5.7.0'
const cache = join(homedir(), '.cache', 'koa-scopes')

const javaProgram: ServerProgram = {
  variable: 'JAVA_PATH',
  names: ['java'],
  package: 'openjdk-17-jre-headless',
  remedy: 'These tests need Hazelcast members: put java (17 or later) on the PATH.',
}

const maven: ServerProgram = {
  names: ['mvn'],
  package: 'maven',
  remedy: `These tests need the jar of Hazelcast ${hazelcastVersion}: put mvn on the PATH, or name the jar in HAZELCAST_JAR.`,
}

/** A member of a cluster, in a process of its own on loopback. */
export interface HazelcastMember {
  readonly port: number
  readonly pid: number
  readonly address: string
  /** Ends it with SIGKILL. */
  kill(): Promise<void>
  /** Whether each part of each map has its backup, as this member sees it. */
  isSafe(): Promise<boolean>
  /** Ends it as operators do: it first hands its part of the data over to the others. */
  leave(): Promise<void>
}

export interface HazelcastCluster {
  readonly name: string
  /** The addresses of all members that it may have. */
  readonly addresses: readonly string[]
  readonly members: readonly HazelcastMember[]
  /** Starts the member at this place of the addresses, with these jars instead of the others', and waits until it has joined those that run. */
  start(place: number, jars?: readonly string[]): Promise<HazelcastMember>
  stop(): Promise<void>
}

interface ClusterOptions {
  /** How many members start (1), and how many may join later (0). */
  readonly members?: number
  readonly later?: number
  /** Further jars for the members. */
  readonly jars?: readonly string[]
  /** XML behind the network configuration, such as maps. */
  readonly settings?: string
  /** XML in the network configuration. */
  readonly network?: string
  /** The memory of a member, as Java writes it (256m). */
  readonly heap?: string
  /** Further options of Java. Default: what lets a member start soon. */
  readonly java?: readonly string[]
}

/** The jar that HAZELCAST_JAR names, else from Maven's repository. Safe when several processes ask at once. */
async function hazelcastJar(): Promise<string> {
  if (process.env.HAZELCAST_JAR) return process.env.HAZELCAST_JAR
  const name = `hazelcast-${hazelcastVersion}.jar`
  const jar = join(cache, name)
  if (await exists(jar)) return jar
  await mkdir(cache, { recursive: true })
  const folder = await mkdtemp(join(cache, 'fetch-'))
  const program = await installedProgram(maven)
  const artifact = `com.hazelcast:hazelcast:${hazelcastVersion}`
  await run(program, ['-q', '-B', 'dependency:copy', `-Dartifact=${artifact}`, `-DoutputDirectory=${folder}`])
  await rename(join(folder, name), jar)
  await rm(folder, { recursive: true })
  return jar
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

const jarSources = fileURLToPath(new URL('../../src/drivers/hazelcast/members/', import.meta.url))

/** Our jar for members, built from the sources unless that was done before. Safe when several processes ask at once. */
export async function membersJar(): Promise<string> {
  const name = 'koa-scopes-members.jar'
  const files = (await readdir(jarSources, { recursive: true, withFileTypes: true })).filter((file) => file.isFile())
  const paths = files.map((file) => join(file.parentPath, file.name)).sort()
  const hash = createHash('sha256')
  for (const path of paths) hash.update(path).update(await readFile(path))
  const built = join(cache, `members-${hash.digest('hex').slice(0, 16)}`)
  if (await exists(built)) return join(built, name)
  const [program, hazelcast] = await Promise.all([installedProgram(javaProgram), hazelcastJar()])
  const folder = await mkdtemp(join(cache, 'build-'))
  await run(process.execPath, [join(jarSources, 'build.mjs'), folder, hazelcast], {
    env: { ...process.env, JAVA_PATH: program },
  })
  // If another process was faster, its jar is as good.
  await rename(folder, built).catch(() => rm(folder, { recursive: true }))
  return join(built, name)
}

/** A cluster on loopback that has no partner outside: no multicast, no call home. */
export async function startHazelcast(options: ClusterOptions = {}): Promise<HazelcastCluster> {
  const { members: count = 1, later = 0, jars = [], settings = '', network = '', heap = '256m', java = quick } = options
  const program = await installedProgram(javaProgram)
  const hazelcast = await hazelcastJar()
  const folder = await mkdtemp(join(tmpdir(), 'koa-scopes-hazelcast-'))
  const ports = await Promise.all(Array.from({ length: count + later }, freePort))
  const addresses = ports.map((port) => `127.0.0.1:${port}`)
  const name = `koa-scopes-${ports[0]}`
  const members: HazelcastMember[] = []

  const start = async (place: number, own = jars): Promise<HazelcastMember> => {
    const classPath = [hazelcast, ...own].join(delimiter)
    const port = ports[place] ?? 0
    const file = join(folder, `${port}.xml`)
    await writeFile(file, configuration(name, port, addresses, { settings, network }))
    const child = spawn(
      program,
      [...java, `-Xms${heap}`, `-Xmx${heap}`, `-Dhazelcast.config=${file}`, '-cp', classPath, starter],
      {
        cwd: folder,
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    const ended = once(endedWithProcess(child), 'exit')
    const end = async (signal: NodeJS.Signals) => {
      if (members.includes(member)) members.splice(members.indexOf(member), 1)
      child.kill(signal)
      await ended
    }
    const member: HazelcastMember = {
      port,
      pid: child.pid ?? 0,
      address: `127.0.0.1:${port}`,
      isSafe: async () => (await fetch(`http://127.0.0.1:${port}/hazelcast/health/cluster-safe`)).ok,
      kill: () => end('SIGKILL'),
      leave: () => end('SIGTERM'),
    }
    members.push(member)
    await ready(child, members.length)
    return member
  }
  const stop = async () => {
    await Promise.all([...members].map((member) => member.kill()))
    await rm(folder, { recursive: true })
  }
  try {
    await Promise.all(Array.from({ length: count }, (_, place) => start(place)))
  } catch (error) {
    await stop()
    throw error
  }
  return { name, addresses, members, start, stop }
}

const starter = 'com.hazelcast.core.server.HazelcastMemberStarter'
/** The quick compiler: a test wants a member that starts soon. */
const quick = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']

const configuration = (
  name: string,
  port: number,
  addresses: readonly string[],
  { settings, network }: Required<Pick<ClusterOptions, 'settings' | 'network'>>,
) => `
<hazelcast xmlns="http://www.hazelcast.com/schema/config">
  <cluster-name>${name}</cluster-name>
  <properties>
    <property name="hazelcast.phone.home.enabled">false</property>
    <property name="hazelcast.partition.count">31</property>
    <property name="hazelcast.wait.seconds.before.join">0</property>
    <property name="hazelcast.shutdownhook.policy">GRACEFUL</property>
  </properties>
  <network>
    ${network}
    <port auto-increment="false">${port}</port>
    <interfaces enabled="true"><interface>127.0.0.1</interface></interfaces>
    <join>
      <auto-detection enabled="false"/>
      <multicast enabled="false"/>
      <tcp-ip enabled="true"><members>${addresses.join(',')}</members></tcp-ip>
    </join>
    <rest-api enabled="true"><endpoint-group name="HEALTH_CHECK" enabled="true"/></rest-api>
  </network>
  ${settings}
</hazelcast>`

/** Resolves when the member runs, and sees at least so many. From then on what it writes is dropped. */
function ready(child: ChildProcessByStdio<null, Readable, Readable>, members: number): Promise<void> {
  const streams = [child.stdout, child.stderr]
  return new Promise((resolve, reject) => {
    let text = ''
    const read = (chunk: Buffer) => {
      text += chunk
      const seen = Number(/^Members \{size:(\d+)/.exec(text.slice(text.lastIndexOf('Members {size:')))?.[1] ?? 1)
      if (!text.includes('is STARTED') || seen < members) return
      for (const stream of streams) stream.off('data', read).resume()
      resolve()
    }
    for (const stream of streams) stream.on('data', read)
    child.once('exit', () => reject(new Error(`the member did not start:\n${text}`)))
  })
}
