/*
 * For a Koa app that exists already: with `import 'koa-scopes/strict'`, which includes `koa-scopes/augment`, a member of
 * `ctx` that nothing declares is `unknown` instead of `any`, so that a misspelt one does not compile. Members of your own are
 * declared in `DefaultContext` of `koa`.
 */
import './augment.js'

type LettersOf<Text extends string> = Text extends `${infer First}${infer Rest}` ? First | LettersOf<Rest> : never

type Letter = LettersOf<'abcdefghijklmnopqrstuvwxyz'>

/** Every name of a member. An index of `string` is declared by @types/koa already; TypeScript prefers one of a pattern to it. */
type Name = `${Letter | Uppercase<Letter> | '_' | '$'}${string}`

declare module 'koa' {
  interface DefaultContext {
    readonly [undeclared: Name]: unknown
  }
}
