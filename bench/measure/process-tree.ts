import { readdir, readFile } from 'node:fs/promises'

/** The kernel counts the CPU of ended processes in ticks of a hundredth of a second. */
const tickMicroseconds = 10_000

/**
 * Microseconds of CPU that a process, its descendants, and its ended children have used. Only on Linux; undefined elsewhere.
 * A process that ends while this reads it counts as it was, or not at all.
 */
export async function cpuOfTree(root: number): Promise<number | undefined> {
  if (process.platform !== 'linux') return undefined
  const all = await Promise.all((await descendants(root)).map(ownCpu))
  return all.reduce((sum, one) => sum + one, await cpuOfEndedChildren(root))
}

async function descendants(pid: number): Promise<readonly number[]> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => [])
  const children = await Promise.all(threads.map((thread) => textOf(`/proc/${pid}/task/${thread}/children`)))
  const below = await Promise.all(children.flatMap(numbersIn).map(descendants))
  return [pid, ...below.flat()]
}

/** The time of all threads that are there, which the scheduler counts in nanoseconds. */
async function ownCpu(pid: number): Promise<number> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => [])
  const times = await Promise.all(threads.map((thread) => textOf(`/proc/${pid}/task/${thread}/schedstat`)))
  return times.reduce((sum, text) => sum + (numbersIn(text)[0] ?? 0) / 1000, 0)
}

/** Fields 16 and 17 of `stat`; the name of the program, field 2, may contain spaces and ends with the last parenthesis. */
async function cpuOfEndedChildren(pid: number): Promise<number> {
  const [, fields = ''] = /.*\) (.*)/s.exec(await textOf(`/proc/${pid}/stat`)) ?? []
  const [user = '0', system = '0'] = fields.split(' ').slice(13, 15)
  return (Number(user) + Number(system)) * tickMicroseconds
}

const textOf = (file: string): Promise<string> => readFile(file, 'utf8').catch(() => '')

const numbersIn = (text: string): readonly number[] => text.trim().split(/\s+/).filter(Boolean).map(Number)
