/** Waits for all tasks, then rejects with the first error in their order. */
export function allDone(tasks: readonly Promise<unknown>[]): Promise<unknown> {
  return tasks.length === 1 ? Promise.resolve(tasks[0]) : severalDone(tasks)
}

async function severalDone(tasks: readonly Promise<unknown>[]): Promise<void> {
  for (const result of await Promise.allSettled(tasks)) if (result.status === 'rejected') throw result.reason
}
