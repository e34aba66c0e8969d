import type { AdminConfig } from '../config/config.js'
import { Server } from '../http/server.js'
import type { Clock } from '../support/clock.js'
import { Access } from './access/access.js'
import { unguessable } from './access/token.js'
import { Audit } from './audit.js'
import type { Desk } from './desk.js'
import type { Operated } from './operated.js'
import { routesOf } from './pages/routes.js'
import { siteOf } from './site.js'
import { Counts } from './watch/counts.js'
import { EventLog } from './watch/event-log.js'
import { Outages } from './watch/outages.js'
import { Samples } from './watch/samples.js'

/*
 * The admin page: what operators see of a node and of the stores, and what they may change. Its parts:
 *
 * - operated.ts: what the container hands over; nothing else of the node is known here
 * - access: who is an operator (the token, sessions, hosts), and that a change comes from a page of this site
 * - watch: what is written down between requests (figures of the last hour, events, outages) and what is counted in the stores
 * - pages: one file for each page, with its routes; each page is JSON for programs
 * - values: a decoded value as a tree, as JSON, and bytes that cannot be decoded
 * - html: templates that escape, the frame of a page and the parts that pages share
 * - static: the style sheet and the script, served as they are
 * - site.ts: the order of checks for each request; answering.ts: pages to browsers, JSON to programs
 */

/** How long `close` waits for requests under way. */
const graceMs = 1_000

/** The admin page of a container, on a port of its own. */
export class Admin {
  /** The address to open: with the token, if it was made up at this start. */
  readonly url: string
  readonly #server: Server
  readonly #clock: Clock
  readonly #watching: readonly { stop(): void }[]

  private constructor(url: string, server: Server, clock: Clock, watching: readonly { stop(): void }[]) {
    this.url = url
    this.#server = server
    this.#clock = clock
    this.#watching = watching
  }

  /** Throws PORT_IN_USE. */
  static async listen(admin: AdminConfig, operated: Operated): Promise<Admin> {
    const { clock, config, log } = operated
    let listener: Parameters<typeof Server.listen>[0] = () => {}
    const server = await Server.listen((request, response) => listener(request, response), {
      ...config.server,
      address: admin,
      key: 'admin.port',
      onError: (error) => log.error({ err: error }, 'the server could not accept a connection'),
    })
    const counts = new Counts(operated)
    const samples = new Samples(clock, () => counts.recent())
    const events = new EventLog(clock)
    const outages = new Outages(clock, config.caches.keys())
    const token = admin.token ?? unguessable()
    const desk: Desk = { operated, samples, counts, events, outages, audit: new Audit(log), startedAt: clock.now() }
    const access = new Access(token, server.port ?? admin.port, clock, log)
    const site = siteOf({
      operated,
      access,
      routes: routesOf(desk),
      node: nodeName(config),
    })
    listener = site.callback()
    samples.start()
    outages.start()
    for (const [name, application] of operated.applications) events.listenTo(name, application)
    const url = admin.token === undefined ? `${server.url}/?token=${token}` : server.url
    return new Admin(url, server, clock, [samples, events, outages])
  }

  /** Waits at most a second for requests under way. */
  async close(): Promise<void> {
    for (const part of this.#watching) part.stop()
    await this.#server.close(this.#clock, graceMs)
  }
}

/** Where it serves the applications; without a port that is not known yet. */
function nodeName({ server: { host, port } }: Operated['config']): string {
  if (typeof port === 'string') return port
  return port === 0 ? host : `${host}:${port}`
}
