/* Run: npx tsx examples/rest/main.ts, while `npx koa-scopes start examples/rest/app.config.yaml` runs. */
import { NotesClient } from './client.js'

const client = new NotesClient(`http://127.0.0.1:${process.env.PORT ?? 8080}`)
console.log('login', await client.login('anna', 'secret'))
await client.add('buy tea')
console.log('notes', await client.notes())
await client.logout()
console.log('after the logout:', await client.notes().catch((error: Error) => error.message))
