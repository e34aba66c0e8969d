import express from 'express'
import { serve } from './serve.js'

const app = express()
app.use((_, response) => {
  response.type('text').send('hello')
})
await serve(app)
