const dayMs = 86_400_000

/**
 * The renewal step in milliseconds: a tenth of the timeout, at most a day. A persistent cookie is sent again once per step,
 * not with every response, so that browsers can cache most responses.
 */
export const renewalStepOf = (timeoutMs: number | null): number =>
  Math.max(1, Math.min((timeoutMs ?? dayMs) / 10, dayMs))
