/** The texts of a list. Throws TypeError for another reply, which a broken proxy may give: a Buffer, too, has a `map`. */
export function textsIn(reply: readonly Buffer[]): string[] {
  if (!Array.isArray(reply)) throw new TypeError('The reply of Redis is not a list')
  return reply.map(String)
}
