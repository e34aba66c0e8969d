import type { RequestListener } from 'node:http'
import type { PrometheusClient } from '../admin/metrics/client.js'
import { Instruments } from '../admin/metrics/instruments.js'
import { Metrics, type MetricsPage } from '../admin/metrics/metrics.js'
import { pageListener, withPage } from '../admin/metrics/page-listener.js'
import { RecordCounts } from '../admin/metrics/record-counts.js'
import { countable, watchedCache, watchedScope } from '../admin/metrics/watched.js'
import type { MetricsConfig } from '../config/config.js'
import { reasonOf, ScopesError } from '../errors/scopes-error.js'
import type { Connections } from '../scopes/connections/connections.js'
import type { Scope } from '../scopes/scope.js'
import type { NamedCache } from '../storage/caches/cache.js'
import type { Clock } from '../support/clock.js'
import type { Logger } from '../support/logger.js'

/** What is declared of metrics, with the client that makes them. */
export interface DeclaredMetrics {
  readonly config: MetricsConfig
  readonly client: PrometheusClient
}

/** Imports the client if metrics are declared. Throws METRICS_CLIENT_MISSING. */
export async function declaredMetrics(config: MetricsConfig | undefined): Promise<DeclaredMetrics | undefined> {
  if (!config) return undefined
  try {
    const { default: client } = await import('prom-client')
    return { config, client: client as unknown as PrometheusClient } // its own types ask for more than it uses
  } catch (cause) {
    throw new ScopesError('METRICS_CLIENT_MISSING', { reason: reasonOf(cause) }, { cause })
  }
}

export interface MeasuredContainer {
  readonly caches: Iterable<NamedCache>
  readonly scopes: readonly Scope[]
  readonly connections: Connections
  readonly clock: Clock
  readonly log: Logger
}

/** The metrics of a container, if they are declared. */
export class ContainerMetrics {
  readonly #declared: DeclaredMetrics | undefined
  readonly #metrics: Metrics | undefined
  readonly #log: Logger

  constructor(declared: DeclaredMetrics | undefined, { caches, clock, connections, log, scopes }: MeasuredContainer) {
    this.#declared = declared
    this.#log = log
    if (!declared) return
    const { client, config } = declared
    const { recordsMs } = config
    const instruments = new Instruments(client)
    if (config.process) client.collectDefaultMetrics({ register: instruments.registry })
    this.#metrics = new Metrics(instruments, {
      caches: [...caches].map(watchedCache),
      scopes: scopes.map(watchedScope),
      connections,
      ...(recordsMs !== null && {
        records: new RecordCounts(
          scopes.flatMap((scope) => countable(scope) ?? []),
          clock,
          recordsMs,
        ),
      }),
    })
  }

  /** Throws METRICS_NOT_DECLARED. */
  get page(): MetricsPage {
    if (!this.#metrics) throw new ScopesError('METRICS_NOT_DECLARED', {})
    return this.#metrics
  }

  /** Serves the page too, if a path is declared for it. */
  beside(listener: RequestListener): RequestListener {
    const path = this.#declared?.config.path
    return path === undefined ? listener : withPage(listener, path, pageListener(this.page, this.#log))
  }

  close(): void {
    this.#metrics?.close()
  }
}
