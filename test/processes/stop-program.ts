/** A program of one's own, whose container stops at signals. argv[2] is its configuration. */

import { createContainer } from '../../src/container/create-container.js'

const container = await createContainer(process.argv[2] ?? '')
const { url } = await container.listen({ signals: true })
console.log(`koa-scopes serves the shop at ${url}`)
// A program may have more that keeps it running.
setInterval(() => {}, 1_000)
