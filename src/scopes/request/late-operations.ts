import type { RequestScope } from './request-scope.js'

/** Called when the final commit of a request begins. `where` returns its route, for the log. */
export function closeOperations(request: RequestScope, where: () => string): void {
  const { lateOperations } = request.scope
  request.operations.close({
    refusal: () => lateOperations.refusal(),
    report: () => lateOperations.report(request.record?.id, where()),
  })
}
