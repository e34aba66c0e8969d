import type { RequestScope } from './request-scope.js'

/** Called when the final commit of a request begins. `where` returns its route, for the log. */
export function closeOperations(request: RequestScope, where: () => string): void {
  const { lateOperations } = request.scope
  request.operations.close({
    refusal: () => lateOperations.refusal(),
    report: () => lateOperations.report(request.record?.id, where()),
  })
}

/**
 * Waits for the operations that were begun on these scopes and not awaited; undefined if there are none. Resolves with the
 * errors of those whose outcome is not awaited either.
 */
export function finishOperations(requests: readonly RequestScope[]): Promise<readonly unknown[]> | undefined {
  return requests.some(hasOpen) ? finishOpen(requests) : undefined
}

async function finishOpen(requests: readonly RequestScope[]): Promise<readonly unknown[]> {
  const errors: unknown[] = []
  for (let open = requests.find(hasOpen); open; open = requests.find(hasOpen))
    await open.operations.finish().catch((error) => errors.push(error))
  return errors
}

const hasOpen = ({ operations }: RequestScope) => operations.areOpen
