import type { RequestListener } from 'node:http'
import type { Logger } from '../../support/logger.js'
import type { MetricsPage } from './metrics.js'

/** Answers requests for the page. It is never cached, and a request with another method than GET and HEAD is refused. */
export const pageListener =
  (page: MetricsPage, log: Logger): RequestListener =>
  (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { Allow: 'GET, HEAD', 'Content-Type': 'text/plain; charset=utf-8' })
      response.end('Method Not Allowed')
      return
    }
    page.text().then(
      (text) => {
        response.writeHead(200, { 'Content-Type': page.contentType, 'Cache-Control': 'no-store' })
        response.end(text)
      },
      (error) => {
        log.error({ err: error }, 'the metrics could not be written')
        response.writeHead(500, { 'Content-Type': 'text/plain; charset=utf-8' }).end('Internal Server Error')
      },
    )
  }

/** Serves the page at exactly this path, and everything else with `listener`. */
export function withPage(listener: RequestListener, path: string, page: RequestListener): RequestListener {
  return (request, response) => {
    const [asked] = (request.url ?? '').split('?', 1)
    const serve = asked === path ? page : listener
    serve(request, response)
  }
}
