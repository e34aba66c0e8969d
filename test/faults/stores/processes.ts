import { readdir, readFile } from 'node:fs/promises'

/** The processes that this one has started. */
async function childrenOf(pid: number): Promise<number[]> {
  const all = (await readdir('/proc')).map(Number).filter((it) => it > 0)
  const parents = await Promise.all(all.map(parentOf))
  return all.filter((_, n) => parents[n] === pid)
}

/** undefined if it has ended. */
async function parentOf(pid: number): Promise<number | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  const [, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return parent === undefined ? undefined : Number(parent)
}

/** Suspends a process and then its children, so that it starts no further ones. Resolves with the children. */
export async function suspend(pid: number): Promise<number[]> {
  process.kill(pid, 'SIGSTOP')
  const children = await childrenOf(pid)
  signalAll(children, 'SIGSTOP')
  return children
}

/** Those that have ended are left out. */
export function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids)
    try {
      process.kill(pid, signal)
    } catch {}
}
