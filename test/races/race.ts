import type { Pause } from '../support/held-calls.js'
import { Contestant } from './contestant.js'
import { type OperationName, operations } from './operations.js'
import { type Mode, World } from './world.js'

export interface Race {
  /** Is stopped on its way. */
  readonly first: OperationName
  readonly pause: Pause
  /** Goes as far as it can meanwhile. */
  readonly second: OperationName
  readonly on: 'the same node' | 'another node'
}

export interface Finished {
  readonly world: World
  readonly contestants: readonly [Contestant, Contestant]
}

/** Where the operation can be stopped: before and after everything it asks the store when it runs alone. */
export async function pausesOf(name: OperationName, mode: Mode): Promise<(Pause & { readonly asks: string })[]> {
  const world = await World.begin(mode)
  const [, node] = world.nodes
  const alone = new Contestant('alone', operations[name], node, world)
  await alone.prepare()
  const before = node.calls.asked.length
  await alone.start()
  await world.rest()
  const calls = node.calls.asked.slice(before)
  await world.stop()
  if (calls.length === 0) throw new Error(`There is nowhere to stop: ${name} asks the store nothing`)
  return calls.flatMap((asks, index) => [
    { asks, call: index + 1, at: 'before' as const },
    { asks, call: index + 1, at: 'after' as const },
  ])
}

export async function run({ first, pause, second, on }: Race, mode: Mode): Promise<Finished> {
  const world = await World.begin(mode)
  const [, here, there] = world.nodes
  const one = new Contestant('first', operations[first], here, world)
  const other = new Contestant('second', operations[second], on === 'the same node' ? here : there, world)

  await one.prepare()
  const gate = here.calls.hold('any', pause)
  const isOneDone = one.start()
  await reached(
    gate.reached,
    isOneDone.then(() => world.rest()),
  )

  world.pass(1)
  await other.prepare()
  const isOtherDone = other.start()
  await world.rest()

  gate.open()
  await Promise.all([isOneDone, isOtherDone])
  await world.rest()
  await world.backUp()
  return { world, contestants: [one, other] }
}

async function reached(pause: Promise<void>, end: Promise<void>): Promise<void> {
  const isReached = await Promise.race([pause.then(() => true), end.then(() => false)])
  if (!isReached) throw new Error('The first has ended without coming to where it was to be stopped')
}
