import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The file that `node --cpu-prof` writes. Times are microseconds. */
interface CpuProfile {
  readonly nodes: readonly ProfileNode[]
  readonly startTime: number
  readonly endTime: number
  /** Ids of the nodes in which the process was found, in order. */
  readonly samples: readonly number[]
  /** The time from the previous sample to each sample. */
  readonly timeDeltas: readonly number[]
}

interface ProfileNode {
  readonly id: number
  readonly callFrame: Frame
  readonly children?: readonly number[]
}

/** A function; `url` is empty if it is not JavaScript. */
export interface Frame {
  readonly functionName: string
  readonly url: string
  readonly lineNumber: number
}

/** Time spent in a function itself, with its callers, the nearest first. */
export interface SelfTime {
  readonly frame: Frame
  readonly callers: readonly Frame[]
  readonly microseconds: number
}

/** The self times in all profiles of a folder, of their last `lastMs` milliseconds, without idle time. */
export async function readSelfTimes(folder: string, lastMs: number): Promise<readonly SelfTime[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.cpuprofile'))
  const profiles = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')))
  return profiles.flatMap((text) => selfTimes(JSON.parse(text), lastMs))
}

function selfTimes(profile: CpuProfile, lastMs: number): SelfTime[] {
  const begin = profile.endTime - lastMs * 1000
  const perNode = new Map<number, number>()
  let time = profile.startTime
  for (const [i, id] of profile.samples.entries()) {
    const delta = profile.timeDeltas[i] ?? 0
    time += delta
    if (time >= begin) perNode.set(id, (perNode.get(id) ?? 0) + delta)
  }
  const stackOf = stacks(profile)
  return [...perNode].flatMap(([id, microseconds]) => {
    const [frame, ...callers] = stackOf(id)
    return frame && frame.functionName !== '(idle)' ? [{ frame, callers, microseconds }] : []
  })
}

function stacks({ nodes }: CpuProfile): (id: number) => readonly Frame[] {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]))
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)))
  return (id) => {
    const stack: Frame[] = []
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const frame = frames.get(at)
      if (frame) stack.push(frame)
    }
    return stack
  }
}
