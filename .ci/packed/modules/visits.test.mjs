import { createContainer, defineApplication, silentLogger } from 'koa-scopes'

const shop = defineApplication({
  setup(app) {
    app.use((ctx) => {
      ctx.session.visits = (ctx.session.visits ?? 0) + 1
      ctx.body = `visit ${ctx.session.visits}`
    })
  },
})

test.each([{ driver: 'memory' }, { driver: 'lmdb', path: './jest-data' }])(
  'counts visits in $driver',
  async (cache) => {
    const container = await createContainer(
      {
        server: { port: 0 },
        caches: { store: { ...cache, storage: true } },
        applications: { shop: { session: { storage: 'store', cluster: false } } },
      },
      { applications: { shop }, logger: silentLogger },
    )
    const { url } = await container.listen()
    const first = await fetch(url)
    const [cookie] = first.headers.getSetCookie()[0].split(';')
    const second = await fetch(url, { headers: { cookie } })
    expect([await first.text(), await second.text()]).toEqual(['visit 1', 'visit 2'])
    await container.close()
  },
)
