import { expect, it } from 'vitest'
import application from '../../examples/passport/application.js'
import { quietContainer } from '../support/container.js'
import { serveContainer, Visitor } from '../support/visitor.js'

it('88. the Passport example logs in and out', async () => {
  const container = await quietContainer(
    { applications: { shop: { session: {} } } },
    { applications: { shop: application } },
  )
  const { url, close } = await serveContainer(container)
  const { sessions } = container.application(application)
  const visitor = new Visitor()
  const post = (path: string, form: Record<string, string>) =>
    visitor.get(url, path, { method: 'POST', body: new URLSearchParams(form) })
  expect((await post('/login', { username: 'anna', password: 'wrong' })).status).toBe(401)
  expect((await post('/login', { username: 'anna', password: 'secret' })).json()).toEqual({ user: 'anna' })
  expect((await visitor.get(url)).json()).toEqual({ user: 'anna' })
  expect(await sessions.find({ principal: 'anna' })).toHaveLength(1)
  await post('/logout', {})
  expect((await visitor.get(url)).json()).toEqual({ user: null })
  expect(await sessions.count()).toBe(0)
  await close()
  await container.close()
})
