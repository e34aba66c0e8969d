import { randomUUID } from 'node:crypto'
import Router from '@koa/router'
import type Koa from 'koa'
import { koaBody } from 'koa-body'
import { csrf, defineApplication, type ScopedMembers } from 'koa-scopes'
import { z } from 'zod'

/** The steps in their order, and what each of them asks for. */
const steps = {
  address: z.object({ street: z.string().min(1), city: z.string().min(1) }),
  delivery: z.object({ day: z.iso.date() }),
}

type Step = keyof typeof steps
type Draft = { [S in Step]?: z.infer<(typeof steps)[S]> }

const names = Object.keys(steps) as Step[]

/** Each form that is being filled in is an attribute of its own: two tabs fill in two forms. */
interface Scopes {
  session: { [draft: `draft:${string}`]: Draft }
}

const maxDrafts = 5

export const multiStepForm = (send: (draft: Draft) => Promise<void>) =>
  defineApplication<Scopes>({
    setup(app) {
      const router = new Router<Koa.DefaultState, ScopedMembers<Scopes>>()

      router.post('/forms', (ctx) => {
        const drafts = Object.keys(ctx.session) as `draft:${string}`[] // in the order in which they were begun
        for (const oldest of drafts.slice(0, -maxDrafts + 1)) delete ctx.session[oldest]
        const id = randomUUID()
        ctx.session[`draft:${id}`] = {}
        ctx.status = 303
        ctx.redirect(`/forms/${id}/${names[0]}`)
      })

      router.get('/forms/:id/:step', (ctx) => {
        const draft = ctx.session[`draft:${ctx.params.id}`]
        if (!draft) return ctx.throw(404)
        ctx.body = { step: ctx.params.step, draft } // the page of this step, with what was entered before
      })

      router.post('/forms/:id/:step', (ctx) => {
        const { id, step } = ctx.params as { id: string; step: Step }
        const draft = ctx.session[`draft:${id}`]
        if (!draft || !names.includes(step)) return ctx.throw(404)
        const entered = steps[step].safeParse(ctx.request.body)
        if (!entered.success) return ctx.throw(400, z.prettifyError(entered.error))
        ctx.session[`draft:${id}`] = { ...draft, [step]: entered.data }
        ctx.status = 303
        ctx.redirect(`/forms/${id}/${names[names.indexOf(step) + 1] ?? 'summary'}`)
      })

      router.post('/forms/:id', async (ctx) => {
        const name = `draft:${ctx.params.id}` as const
        await ctx.scopes.session.lock(async () => {
          const draft = ctx.session[name]
          if (!draft) return ctx.throw(409, 'This form was sent already')
          if (names.some((step) => !draft[step])) return ctx.throw(409, 'A step of this form is missing')
          await send(draft)
          delete ctx.session[name]
        })
        ctx.status = 204
      })

      app.use(koaBody({ formLimit: '16kb' }))
      app.use(csrf())
      app.use(router.routes())
    },
  })
