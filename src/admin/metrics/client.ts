type Labels = Readonly<Record<string, string>>

export interface Counter {
  inc(labels: Labels, value: number): void
  reset(): void
}

export interface Gauge {
  set(labels: Labels, value: number): void
  reset(): void
}

export interface Histogram {
  observe(labels: Labels, value: number): void
}

export interface Registry {
  readonly contentType: string
  metrics(): Promise<string>
}

export interface InstrumentOptions {
  readonly name: string
  readonly help: string
  readonly labelNames: readonly string[]
  readonly registers: readonly Registry[]
  readonly buckets?: readonly number[]
}

type Instrument<Kind> = new (options: InstrumentOptions) => Kind

/** The part of prom-client that is used here. */
export interface PrometheusClient {
  readonly Counter: Instrument<Counter>
  readonly Gauge: Instrument<Gauge>
  readonly Histogram: Instrument<Histogram>
  readonly Registry: new () => Registry
  collectDefaultMetrics(options: { readonly register: Registry }): void
}
