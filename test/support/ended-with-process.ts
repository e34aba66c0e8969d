import type { ChildProcess } from 'node:child_process'

const running = new Map<ChildProcess, NodeJS.Signals>()

process.once('exit', () => {
  for (const [child, signal] of running) child.kill(signal)
})
process.once('SIGTERM', () => process.exit(143)) // by which Vitest ends its workers

/**
 * Ends a server with this process, if nobody has stopped it: where a filter leaves out all tests of a file, Vitest starts what its
 * module starts, and runs no `afterAll`.
 */
export function endedWithProcess<Child extends ChildProcess>(child: Child, signal: NodeJS.Signals = 'SIGKILL'): Child {
  running.set(child, signal)
  child.once('exit', () => running.delete(child))
  return child
}
