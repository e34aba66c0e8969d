import { AsyncLocalStorage } from 'node:async_hooks'
import { Turns } from '../../support/turns.js'

const current = new AsyncLocalStorage<ActiveRun>()

/**
 * A run that is under way on a connection. What is begun in it must not wait until it is over, because it may wait for that: runs
 * within a run have an order of their own.
 */
export class ActiveRun {
  readonly turns = new Turns()
  readonly #connection: object
  /** The run in which this one was begun. */
  readonly #outer: ActiveRun | undefined
  #isOver = false

  private constructor(connection: object) {
    this.#connection = connection
    this.#outer = ActiveRun.#underWay()
  }

  /** The run of this connection in which the caller is; undefined if there is none, or it is over. */
  static of(connection: object): ActiveRun | undefined {
    for (let run = current.getStore(); run; run = run.#outer)
      if (!run.#isOver && run.#connection === connection) return run
    return undefined
  }

  static async begin<T>(connection: object, task: () => Promise<T>): Promise<T> {
    const run = new ActiveRun(connection)
    try {
      return await current.run(run, task)
    } finally {
      run.#isOver = true
    }
  }

  /** The nearest run that is not over. A timer that a run has set still knows that run when it is over. */
  static #underWay(): ActiveRun | undefined {
    for (let run = current.getStore(); run; run = run.#outer) if (!run.#isOver) return run
    return undefined
  }
}
