import type {} from 'koa'

// As @types/koa-session 6 has it.
declare module 'koa' {
  interface BaseContext {
    // biome-ignore lint/suspicious/noExplicitAny: theirs
    session: { isNew: boolean; [attribute: string]: any } | null
  }
}
