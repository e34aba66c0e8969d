import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, readFile, rename, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { freePort } from '../../examples/two-nodes/free-port.js'
import { endedWithProcess } from './ended-with-process.js'
import { inContainer } from './in-container.js'
import { foundProgram, installedProgram, type ServerProgram } from './installed-program.js'
import { oneProcessAtATime } from './one-process.js'

const run = promisify(execFile)

const remedy =
  'These tests need a MongoDB: set MONGO_URL to one they may write to, start Docker, or put java and mvn on the PATH for the stand-in.'

const java: ServerProgram = { variable: 'JAVA_PATH', names: ['java'], package: 'default-jdk-headless', remedy }
const maven: ServerProgram = { variable: 'MAVEN_PATH', names: ['mvn'], package: 'maven', remedy }

const folder = fileURLToPath(new URL('./mongo-stand-in/', import.meta.url))
/** As in pom.xml. */
export const standInVersion = '1.47.0'
/** Changes with the version, so that older paths are not used any more. */
const classPathFile = join(tmpdir(), `koa-scopes-mongo-java-server-${standInVersion}.classpath`)

/** A server for the tests. */
export interface AnyMongo {
  readonly url: string
  /** For the titles of tests: the stand-in is not MongoDB. */
  readonly name: 'MongoDB' | 'the stand-in mongo-java-server'
  stop(): Promise<void>
}

/** A stand-in that a test has to itself. */
export interface StandIn extends AnyMongo {
  readonly port: number
  readonly pid: number
}

/** The server that MONGO_URL names, which others may use too; else one in a container; else the stand-in. */
export async function anyMongo(): Promise<AnyMongo> {
  const url = process.env.MONGO_URL
  if (url) return { url, name: 'MongoDB', stop: async () => {} }
  return (await mongoInDocker()) ?? startStandIn()
}

/** undefined where no container engine answers. */
async function mongoInDocker(): Promise<AnyMongo | undefined> {
  const server = await inContainer('mongo:7', 27_017, (container) =>
    container.withCommand(['mongod', '--replSet', 'rs0', '--bind_ip_all']),
  )
  if (!server) return undefined
  await server.container.exec([
    'mongosh',
    '--quiet',
    '--eval',
    'rs.initiate(); while (!db.hello().isWritablePrimary) sleep(50)',
  ])
  return {
    // The member knows itself by a name that is valid in the container only.
    url: `mongodb://${server.address}/?directConnection=true`,
    name: 'MongoDB',
    stop: server.stop,
  }
}

/** A new, empty stand-in on loopback. It keeps its documents in memory. */
export async function startStandIn(port?: number): Promise<StandIn> {
  const [program, classPath, ownPort] = await Promise.all([installedProgram(java), classPathOf(), port ?? freePort()])
  const settings = ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-cp', classPath]
  const child = spawn(program, [...settings, join(folder, 'MongoStandIn.java'), `${ownPort}`], {
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const ended = once(endedWithProcess(child), 'exit')
  await ready(child)
  const stop = async () => {
    child.kill('SIGKILL')
    await ended
  }
  return {
    port: ownPort,
    pid: child.pid ?? 0,
    url: `mongodb://127.0.0.1:${ownPort}`,
    name: 'the stand-in mongo-java-server',
    stop,
  }
}

/** The jars of the stand-in, in the user's Maven repository; downloaded if they are not there. */
async function classPathOf(): Promise<string> {
  const present = await presentClassPath()
  if (present !== undefined) return present
  return oneProcessAtATime(async () => (await presentClassPath()) ?? downloadedClassPath())
}

/** undefined if it is not known, or a jar is gone. */
async function presentClassPath(): Promise<string | undefined> {
  try {
    const classPath = await readFile(classPathFile, 'utf8')
    await Promise.all(classPath.split(delimiter).map((jar) => access(jar)))
    return classPath
  } catch {
    return undefined
  }
}

async function downloadedClassPath(): Promise<string> {
  if (!(await foundProgram(maven))) await installedProgram(maven)
  const unfinished = `${classPathFile}.${process.pid}`
  const goal = 'org.apache.maven.plugins:maven-dependency-plugin:build-classpath'
  await run(await installedProgram(maven), ['-q', '-B', '-f', folder, goal, `-Dmdep.outputFile=${unfinished}`])
  const classPath = (await readFile(unfinished, 'utf8')).trim()
  await writeFile(unfinished, classPath)
  await rename(unfinished, classPathFile)
  return classPath
}

/** Reads on afterwards, so that the server can go on writing. */
function ready(child: ChildProcessByStdio<Writable, Readable, Readable>): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = ''
    const read = (chunk: Buffer) => {
      text += chunk
      if (/ready on \d+/.test(text)) resolve()
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.once('exit', () => reject(new Error(`The stand-in for MongoDB did not start:\n${text}`)))
  })
}
