import Fastify from 'fastify'
import { serve } from './serve.js'

const app = Fastify()
app.get('/*', async () => 'hello')
await app.ready()
await serve((request, response) => app.routing(request, response))
