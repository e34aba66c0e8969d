import { createReadStream, existsSync, readdirSync, statSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { base } from '../../docs/.vitepress/addresses.js'
import { built } from '../../docs/.vitepress/folders.js'

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

/** The site that `npm run docs:build` has built, on a free loopback port, at the path that it is built for. */
export async function serveSite(): Promise<{ readonly url: string; readonly server: Server }> {
  if (!existsSync(built)) throw new Error('The site is not built: npm run docs:check builds it')
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '', 'http://site').pathname)
    const file = join(built, path.slice(base.length).replace(/(^|\/)$/, '$1index.html'))
    const isThere = path.startsWith(base) && existsSync(file) && statSync(file).isFile()
    response.writeHead(isThere ? 200 : 404, { 'Content-Type': types[extname(file)] ?? 'text/plain' })
    if (isThere) createReadStream(file).pipe(response)
    else response.end('Not found')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${base}`, server }
}

/** The paths of all its pages below that. */
export const pagePaths = (): string[] =>
  readdirSync(built, { recursive: true })
    .map((file) => String(file).replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.html') && file !== '404.html')
    .sort()
