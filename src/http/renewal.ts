const dayMs = 86_400_000

/**
 * A persistent cookie is sent again once per step, not with every response, so that most responses stay cacheable by the
 * browser. A tenth of the timeout, at most a day.
 */
export const renewalStepOf = (timeoutMs: number | null): number =>
  Math.max(1, Math.min((timeoutMs ?? dayMs) / 10, dayMs))
