/*
 * For a Koa app that exists already: with `import 'koa-scopes/strict'`, which includes `koa-scopes/augment`, a member of
 * `ctx` that nothing declares is `unknown` instead of `any`, so that a misspelt one does not compile. Members of your own are
 * declared in `DefaultContext` of `koa`.
 */
import './augment.js'

type Lower =
  | 'a'
  | 'b'
  | 'c'
  | 'd'
  | 'e'
  | 'f'
  | 'g'
  | 'h'
  | 'i'
  | 'j'
  | 'k'
  | 'l'
  | 'm'
  | 'n'
  | 'o'
  | 'p'
  | 'q'
  | 'r'
  | 's'
  | 't'
  | 'u'
  | 'v'
  | 'w'
  | 'x'
  | 'y'
  | 'z'

/** Every name. `string` itself cannot be declared again, and a pattern goes before it. */
type Name = `${Lower | Uppercase<Lower> | '_' | '$'}${string}`

declare module 'koa' {
  interface DefaultContext {
    readonly [undeclared: Name]: unknown
  }
}
