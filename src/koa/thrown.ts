/** Turns thrown null and undefined into an Error. Koa takes them for no error, and the request would never be answered. */
export const errorOf = (thrown: unknown): unknown => thrown ?? new Error(`non-error thrown: ${thrown}`)
