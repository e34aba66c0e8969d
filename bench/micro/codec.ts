import { bench, do_not_optimize, group, summary } from 'mitata'
import superjson from 'superjson'
import { shapes } from '../content.js'
import { createCodec } from '../internals.js'

const codec = createCodec()

const values = {
  'one attribute of 400 B': shapes.medium().first,
  'one attribute of 20 KB': shapes.lump().first,
  '50 objects, 20 KB, in one attribute': shapes.medium(),
}

const richValues = {
  'one attribute of 400 B with a Date and a Set': shapes.rich().first,
  '50 of them in one attribute': shapes.rich(),
}

/** The fast path compared with JSON, and the slow path with superjson. */
export function benchCodec(): void {
  for (const [name, value] of Object.entries(values)) {
    const [bytes, text] = [codec.encode(value, ''), JSON.stringify(value)]
    pair(`encode ${name}`, { 'koa-scopes': () => codec.encode(value, ''), JSON: () => JSON.stringify(value) })
    pair(`decode ${name}`, { 'koa-scopes': () => codec.decode(bytes, ''), JSON: () => JSON.parse(text) })
  }
  for (const [name, value] of Object.entries(richValues)) {
    const [bytes, text] = [codec.encode(value, ''), superjson.stringify(value)]
    pair(`encode ${name}`, { 'koa-scopes': () => codec.encode(value, ''), superjson: () => superjson.stringify(value) })
    pair(`decode ${name}`, { 'koa-scopes': () => codec.decode(bytes, ''), superjson: () => superjson.parse(text) })
  }
}

function pair(title: string, runs: Readonly<Record<string, () => unknown>>): void {
  group(title, () =>
    summary(() => {
      for (const [name, run] of Object.entries(runs)) bench(name, () => do_not_optimize(run()))
    }),
  )
}
