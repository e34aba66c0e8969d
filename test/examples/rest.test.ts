import { expect, it } from 'vitest'
import application from '../../examples/rest/application.js'
import { NotesClient } from '../../examples/rest/client.js'
import { quietContainer } from '../support/container.js'
import { serveContainer, Visitor } from '../support/visitor.js'

it('99. the REST example serves a client with a token, and browsers with a cookie', async () => {
  const container = await quietContainer(
    { applications: { notes: { session: { carriers: ['cookie', { header: 'x-auth-token' }] } } } },
    { applications: { notes: application } },
  )
  const { url, close } = await serveContainer(container)
  const client = new NotesClient(url)
  await expect(client.login('anna', 'wrong')).rejects.toThrow('401')
  await expect(client.notes()).rejects.toThrow('401')
  expect(await client.login('anna', 'secret')).toEqual({ token: expect.stringMatching(/^[\w-]{22}\.[\w-]{24}$/) })
  await client.add('buy tea')
  await client.add('drink it')
  expect(await client.notes()).toEqual(['buy tea', 'drink it'])
  const browser = new Visitor()
  const login = { method: 'POST', body: new URLSearchParams({ name: 'anna', password: 'secret' }) }
  expect((await browser.get(url, '/login', login)).setCookie).toHaveLength(1)
  expect((await browser.get(url, '/notes')).json()).toEqual([])
  await client.logout()
  await expect(client.notes()).rejects.toThrow('401')
  expect((await browser.get(url, '/notes')).status).toBe(200)
  await close()
  await container.close()
})
