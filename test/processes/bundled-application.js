/** A whole program, for bundling and for other ways to load the package. It serves two requests of one visitor, and prints what they get. */

import { createContainer, defineApplication } from 'koa-scopes'

const shop = defineApplication({
  setup(app) {
    app.use((ctx) => {
      ctx.session.visits = (ctx.session.visits ?? 0) + 1
      ctx.body = `visit ${ctx.session.visits}`
    })
  },
})

async function main() {
  const cache = JSON.parse(process.env.CACHE)
  const container = await createContainer(
    {
      server: { port: 0 },
      caches: { store: { ...cache, storage: true } },
      applications: { shop: { session: { storage: 'store', cluster: ['postgres', 'redis'].includes(cache.driver) } } },
    },
    { applications: { shop } },
  )
  const { url } = await container.listen()
  const first = await fetch(url)
  const [cookie] = first.headers.getSetCookie()[0].split(';')
  const second = await fetch(url, { headers: { cookie } })
  console.log(await first.text(), await second.text())
  await container.close()
}

main()
