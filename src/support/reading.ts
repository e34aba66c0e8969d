/**
 * The result of reading one value. `problem` continues a sentence that begins with the value, as in `30 has no unit`;
 * `remedy` is a sentence.
 */
export type Reading<T> = { readonly value: T } | { readonly problem: string; readonly remedy: string }
