import { readdir, readFile } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'

/** Stops a process, and waits until all of its threads stand still: the signal alone lets them answer what has just arrived. */
export async function suspend(pid: number): Promise<void> {
  process.kill(pid, 'SIGSTOP')
  if (process.platform !== 'linux') return
  while (!(await statesOf(pid)).every((state) => state === 'T')) await setImmediate()
}

const statesOf = async (pid: number): Promise<string[]> => {
  const folder = `/proc/${pid}/task`
  return Promise.all((await readdir(folder)).map((thread) => stateOf(`${folder}/${thread}/stat`)))
}

/** The letter behind the name, which is in brackets. A thread that has ended meanwhile stands still. */
async function stateOf(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => ') T')
  return text.slice(text.lastIndexOf(')') + 2)[0] ?? ''
}
