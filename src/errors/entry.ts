/** One error of the table. `D`: the details that its sentence names. */
export interface Entry<D> {
  /** The HTTP status of a response to a request that fails with it. */
  readonly status: number
  readonly sentence: (details: D) => string
  readonly remedy: (details: D) => string
}

export const entry = <D>(
  status: number,
  sentence: string | ((details: D) => string),
  remedy: string | ((details: D) => string),
): Entry<D> => ({
  status,
  sentence: typeof sentence === 'string' ? () => sentence : sentence,
  remedy: typeof remedy === 'string' ? () => remedy : remedy,
})

export type InScope = { readonly scope: string }
