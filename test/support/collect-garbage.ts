import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Frees all objects that nothing refers to any more, so that a WeakRef shows it. */
export async function collectGarbage(): Promise<void> {
  setFlagsFromString('--expose-gc')
  await new Promise(setImmediate) // a WeakRef that was looked at in this turn keeps its object
  runInNewContext('gc')()
}
