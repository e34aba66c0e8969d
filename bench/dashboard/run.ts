/*
 * Draws docs/grafana-dashboard.svg: serves visitors for a while, lets a Prometheus scrape the node, stops its Redis in between,
 * and asks that Prometheus for every query of docs/grafana-dashboard.json. Run: npm run bench:dashboard [-- seconds]
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { startRedis } from '../../test/support/redis-server.js'
import { drawing } from '../report/svg.js'
import { cell, drawnPanel, type NamedSeries, type Panel } from './panel.js'
import { Prometheus } from './prometheus.js'
import { startSite, visit } from './site.js'

const seconds = Number(process.argv[2] ?? 120)
const docs = join(import.meta.dirname, '../../docs')

const folder = await mkdtemp(join(tmpdir(), 'koa-scopes-dashboard-'))
const redis = await startRedis()
const container = await startSite(redis.url, folder)
const { url } = await container.listen()
const prometheus = await Prometheus.start(new URL(url))
const from = Date.now() / 1_000
const over = new AbortController()
const visitors = visit(url, over.signal)
await setTimeout(seconds * 600)
await redis.stop()
await setTimeout(seconds * 50)
const again = await startRedis({ port: `${redis.port}` })
await setTimeout(seconds * 350)
over.abort()
await visitors
const to = Date.now() / 1_000

const { panels }: { readonly panels: readonly Panel[] } = JSON.parse(
  await readFile(join(docs, 'grafana-dashboard.json'), 'utf8'),
)
const top = 52
const parts: string[] = []
for (const panel of panels) parts.push(...drawnPanel(panel, await seriesOf(panel), top))
const rows = Math.max(...panels.map(({ gridPos }) => gridPos.y + gridPos.h))
const title = `The dashboard's queries, answered by a Prometheus over ${seconds} s in which Redis was down for ${seconds / 20} s`
await writeFile(
  join(docs, 'grafana-dashboard.svg'),
  drawing(24 * cell.width + 12, top + rows * cell.height + 8, title, parts),
)

await prometheus.stop()
await container.close()
await again.stop()
await rm(folder, { recursive: true })

async function seriesOf({ targets = [] }: Panel): Promise<NamedSeries[]> {
  const answers = targets.map(async ({ expr, legendFormat }) => {
    const query = expr.replaceAll('$__rate_interval', '5s').replaceAll('$application', '.*').replaceAll('$cache', '.*')
    const all = await prometheus.range(query, from + 5, to)
    return all
      .filter(({ points }) => points.length > 0)
      .map((series) => ({
        ...series,
        name: legendFormat.replaceAll(/\{\{(\w+)\}\}/g, (_, label) => series.labels[label] ?? ''),
      }))
  })
  const named = (await Promise.all(answers)).flat()
  const largest = ({ points }: NamedSeries) => Math.max(...points.map(([, value]) => value))
  return named.sort((a, b) => largest(b) - largest(a))
}
