import { Visitor } from '../../support/visitor.js'

/** An application on a node. */
type Shop = { readonly url: string }

/** A new visitor who has taken these steps. */
export async function visitorAt({ url }: Shop, steps: string): Promise<Visitor> {
  const visitor = new Visitor()
  await visitor.get(url, `/?${steps}`)
  return visitor
}

/** What this node makes of a visitor's step, or of several. */
export const ask = async (visitor: Visitor, { url }: Shop, steps: string) =>
  (await visitor.get(url, `/?${steps}`)).json()

/** What the visitor's session holds, as each of these nodes sees it. */
export async function readOn(shops: readonly Shop[], visitor: Visitor): Promise<unknown[]> {
  const seen: unknown[] = []
  for (const shop of shops) seen.push(await ask(visitor, shop, 'read'))
  return seen
}

/** The same, seen at every one of these. */
export const everywhere = <T>(places: readonly unknown[], what: T): T[] => places.map(() => what)

/** The visitor's session, for those who look it up by id. */
export const idOf = (visitor: Visitor): string =>
  [...visitor.cookies].find(([name]) => name.endsWith('_sid'))?.[1].split('.')[0] ?? ''

/** An answer that neither fails nor says anything about cookies. */
export const quiet = { status: 200, setCookie: [] }
