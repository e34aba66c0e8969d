import request from 'supertest'
import { expect, it, onTestFinished } from 'vitest'
import preferences from '../../examples/preferences/application.js'
import { quietContainer } from '../support/container.js'
import { newKey } from '../support/sealed-site.js'

const file = 'examples/preferences/app.config.yaml'

async function start(env: NodeJS.ProcessEnv) {
  const container = await quietContainer(file, { applications: { preferences }, env })
  onTestFinished(() => container.close())
  return container.callback()
}

it('the preferences example keeps a theme and the last articles in the cookie, through a change of keys', async () => {
  const [oldKey, key] = [newKey(), newKey()]
  const before = request.agent(await start({ PREFERENCES_KEY_1: oldKey }))
  await before.get('/').expect(200, { theme: 'light', recent: [] })
  await before.post('/theme').type('form').send({ theme: 'dark' }).expect(302)
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'c']) await before.get(`/articles/${name}`).expect(200)
  const kept = { theme: 'dark', recent: ['c', 'f', 'e', 'd', 'b'] }
  const { headers } = await before.get('/articles/c').expect(200)
  expect(headers['set-cookie']).toBeUndefined()
  await before.get('/').expect(200, kept)
  await before.post('/theme').type('form').send({ theme: 'loud' }).expect(400)

  const [cookie = ''] = (await before.get('/articles/f').expect(200)).headers['set-cookie'] ?? []
  const changed = request(await start({ PREFERENCES_KEY_1: key, PREFERENCES_KEY_2: oldKey }))
  const answer = await changed.get('/').set('Cookie', cookie.split(';')[0] ?? '')
  expect(answer.body).toEqual({ theme: 'dark', recent: ['f', 'c', 'e', 'd', 'b'] })
  const [fresh = ''] = answer.headers['set-cookie'] ?? []
  const after = request(await start({ PREFERENCES_KEY_1: key }))
  await after
    .get('/')
    .set('Cookie', fresh.split(';')[0] ?? '')
    .expect(200, answer.body)
  await after
    .get('/')
    .set('Cookie', cookie.split(';')[0] ?? '')
    .expect(200, { theme: 'light', recent: [] })

  const { headers: forgotten } = await after
    .post('/forget')
    .set('Cookie', fresh.split(';')[0] ?? '')
    .expect(302)
  expect(forgotten['set-cookie']?.[0]).toMatch(/^preferences_cid=; Max-Age=0/)
})
