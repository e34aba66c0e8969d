import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { serve } from './serve.js'

const app = new Hono()
app.get('*', (c) => c.text('hello'))
await serve(getRequestListener(app.fetch))
