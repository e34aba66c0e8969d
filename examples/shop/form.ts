import type { ZodType } from 'zod'
import type { Context } from './scopes.js'

/** The form of a request. Answers 400 with the words if the form does not fit its schema. */
export function formOf<T>(ctx: Context, schema: ZodType<T>, words: string): T {
  const form = schema.safeParse(ctx.request.body)
  return form.success ? form.data : ctx.throw(400, words)
}
