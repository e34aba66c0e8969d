/** What was thrown, as something Koa answers: it takes null and undefined for no error, and the request would hang. */
export const errorOf = (thrown: unknown): unknown => thrown ?? new Error(`non-error thrown: ${thrown}`)
