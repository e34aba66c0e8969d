/*
 * Takes the pictures of docs/admin.md from a node with sample sessions and an hour of sample figures.
 *
 * Run: npm run docs:screenshots. Needs Chromium on the PATH or in CHROMIUM_PATH. Writes docs/images/admin-*.png.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { channels } from '../../src/diagnostics/channels.js'
import { traced } from '../../src/diagnostics/traced.js'
import { ManualClock } from '../../src/testing/manual-clock.js'
import { type OperatedNode, seed, startOperated, token } from '../support/admin-site.js'
import { startChromium } from '../support/chromium.js'
import { richSession, sampleSessions } from '../support/sample-site.js'

const images = fileURLToPath(new URL('../../docs/images', import.meta.url))
const sessions = '/applications/shop/sessions'

const pictures = [
  { name: 'overview', path: '/', width: 1280, height: 860, colorScheme: 'light' },
  { name: 'overview-dark', path: '/', width: 1280, height: 860, colorScheme: 'dark' },
  { name: 'sessions', path: sessions, width: 1280, height: 700, colorScheme: 'light' },
  { name: 'session', path: `${sessions}/${richSession.id}`, width: 1280, height: 860, colorScheme: 'light' },
  { name: 'session-phone', path: `${sessions}/${richSession.id}`, width: 390, height: 844, colorScheme: 'dark' },
  { name: 'end', path: `${sessions}/${richSession.id}/end`, width: 1280, height: 400, colorScheme: 'light' },
] as const

const folder = await mkdtemp(join(tmpdir(), 'koa-scopes-screenshots-'))
const now = Date.now()
const clock = new ManualClock(now - 3_600_000)
const cache = { driver: 'lmdb', storage: true, path: folder } as const
await seed(cache, [...sampleSessions(20_000, now), richSession])
const node = await startOperated({ cache, admin: { port: 9090 }, options: { clock } })
const browser = await startChromium()
try {
  await pretendAnHour()
  await mkdir(images, { recursive: true })
  for (const picture of pictures) await take(picture, node)
} finally {
  await browser.close()
  await node.container.close()
  await rm(folder, { recursive: true })
}

/** Publishes what a busy node would, and lets the time pass. */
async function pretendAnHour(): Promise<void> {
  for (let step = 0; step < 720; step++) {
    const load = 6 + 3 * Math.sin(step / 90) + 2 * Math.random()
    for (let count = 0; count < load; count++) await request(0.05 + Math.random() * 0.2)
    if (step > 400 && step < 430) await request(3)
    await clock.advance(5_000)
  }
}

async function request(ms: number): Promise<void> {
  const of = { application: 'shop', scope: 'session', mode: 'cluster' } as const
  const end = performance.now() + ms
  const busy = async () => {
    while (performance.now() < end) {
      // a store takes its time
    }
  }
  for (let count = 0; count < 8; count++) await traced(channels.load, { ...of }, async () => {})
  for (let count = 0; count < 3; count++)
    await traced(channels.commit, { ...of, attributes: 1, bytes: 40 }, async () => {})
  await traced(channels.store, { cache: 'store', driver: 'lmdb', operation: 'load' }, busy)
  if (Math.random() < 0.1) await traced(channels.end, { ...of, id: 'x', reason: 'timeout', attempt: 1 }, async () => {})
}

async function take(picture: (typeof pictures)[number], { adminUrl }: OperatedNode): Promise<void> {
  const { colorScheme, height, name, path, width } = picture
  const page = await browser.newPage({ colorScheme, viewport: { width, height } })
  await page.goto(`${adminUrl}${path}?token=${token}`)
  if (path === '/') await page.locator('figure canvas').last().waitFor()
  await page.screenshot({ path: join(images, `admin-${name}.png`) })
  await page.context().close()
}
