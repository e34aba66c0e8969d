import type { Counter, Gauge, Histogram, InstrumentOptions, PrometheusClient, Registry } from './client.js'
import { type CounterName, type Definition, definitions, type GaugeName, type HistogramName } from './definitions.js'

type Labels = Readonly<Record<string, string>>

/** In seconds: an embedded store answers within the first ones, the last is near the deadline of a call. */
const buckets = [0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

/** The metrics of one container, in a registry of their own. */
export class Instruments {
  readonly registry: Registry
  readonly #counters = new Map<string, Counter>()
  readonly #gauges = new Map<string, Gauge>()
  readonly #histograms = new Map<string, Histogram>()

  constructor(client: PrometheusClient) {
    this.registry = new client.Registry()
    for (const [name, { help, kind, labels }] of Object.entries<Definition>(definitions)) {
      const options: InstrumentOptions = { name, help, labelNames: labels, registers: [this.registry] }
      if (kind === 'counter') this.#counters.set(name, new client.Counter(options))
      else if (kind === 'gauge') this.#gauges.set(name, new client.Gauge(options))
      else this.#histograms.set(name, new client.Histogram({ ...options, buckets }))
    }
  }

  add(name: CounterName, labels: Labels, amount = 1): void {
    this.#counters.get(name)?.inc(labels, amount)
  }

  observe(name: HistogramName, labels: Labels, durationMs: number): void {
    this.#histograms.get(name)?.observe(labels, durationMs / 1_000)
  }

  /** Gives a counter these counts, which are kept elsewhere. */
  count(name: CounterName, counts: readonly (readonly [Labels, number])[]): void {
    const counter = this.#counters.get(name)
    counter?.reset()
    for (const [labels, count] of counts) counter?.inc(labels, count)
  }

  /** Gives a gauge these values, and no others. */
  gauge(name: GaugeName, values: readonly (readonly [Labels, number])[]): void {
    const gauge = this.#gauges.get(name)
    gauge?.reset()
    for (const [labels, value] of values) gauge?.set(labels, value)
  }
}
