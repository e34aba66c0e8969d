/**
 * Builds the jar for the members from the sources beside this file: node build.mjs [folder] [hazelcast.jar]
 *
 * The jar goes into the folder, by default `target` beside this file. With the jar of Hazelcast it needs only a JDK, else Maven.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'

const sources = import.meta.dirname
const name = 'koa-scopes-members.jar'
const { PATH = '', JAVA_PATH: java = 'java' } = process.env
const [, , folder = join(sources, 'target'), hazelcast = process.env.HAZELCAST_JAR] = process.argv
const isOnPath = (program) => PATH.split(delimiter).some((place) => readdirOf(place).includes(program))

const scratch = mkdtempSync(join(tmpdir(), 'koa-scopes-members-'))
try {
  const jar = hazelcast ? compiled(resolve(hazelcast)) : packaged()
  mkdirSync(folder, { recursive: true })
  cpSync(jar, join(folder, name))
  console.log(join(folder, name))
} finally {
  rmSync(scratch, { recursive: true })
}

function packaged() {
  if (!isOnPath('mvn'))
    throw new Error('To build this jar put mvn on the PATH, or name the jar of Hazelcast in HAZELCAST_JAR.')
  run('mvn', '-q', '-B', '-f', join(sources, 'pom.xml'), `-Dout=${scratch}`, 'package')
  return join(scratch, name)
}

/** With the compiler and the archiver as modules, which some systems have with `java` alone. */
function compiled(hazelcastJar) {
  const classes = join(scratch, 'classes')
  const files = readdirSync(join(sources, 'koascopes')).map((file) => join(sources, 'koascopes', file))
  // Not --release, which needs a file that only a whole JDK has.
  const options = ['-source', '17', '-target', '17', '-Xlint:all,-serial,-options', '-Werror', '-encoding', 'UTF-8']
  run(java, '-m', 'jdk.compiler/com.sun.tools.javac.Main', ...options, '-cp', hazelcastJar, '-d', classes, ...files)
  const jar = join(scratch, name)
  const content = ['-C', classes, 'koascopes', '-C', sources, 'META-INF']
  run(java, '-m', 'jdk.jartool/sun.tools.jar.Main', '--create', '--file', jar, ...content)
  return jar
}

function run(program, ...parameters) {
  execFileSync(program, parameters, { stdio: ['ignore', 'inherit', 'inherit'] })
}

function readdirOf(place) {
  try {
    return readdirSync(place)
  } catch {
    return []
  }
}
