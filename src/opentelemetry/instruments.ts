import type { Attributes, Histogram, Meter } from '@opentelemetry/api'
import type { RecordCounts } from '../admin/metrics/record-counts.js'
import { channels, type Messages, type OutageChange } from '../diagnostics/channels.js'
import { endAttributes, resultAttributes, storeAttributes, wayAttributes } from './attributes.js'

/** In seconds: those of the semantic conventions, and some for stores that answer within microseconds. */
const explicitBucketBoundaries = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10]

/** The metrics of all containers of the process. */
export class Instruments {
  readonly #meter: Meter
  readonly #undo: (() => void)[] = []

  /** `records`: counts the records too. */
  constructor(meter: Meter, records?: RecordCounts) {
    this.#meter = meter
    this.#time('store', 'db.client.operation.duration', 'Duration of calls to the store.', storeAttributes)
    this.#time('load', 'koa_scopes.load.duration', 'Duration of opening a scope for a request.', wayAttributes)
    this.#time('commit', 'koa_scopes.commit.duration', 'Duration of saving the changes of a scope.', wayAttributes)
    this.#time('end', 'koa_scopes.end.duration', 'Duration of end handlers.', endAttributes)
    this.#sizeCommits()
    this.#countOutages()
    if (records) this.#countRecords(records)
  }

  stop(): void {
    for (const undo of this.#undo) undo()
  }

  #time<Name extends keyof Messages>(
    channel: Name,
    name: string,
    description: string,
    attributesOf: (message: Messages[Name]) => Attributes,
  ): void {
    const advice = { explicitBucketBoundaries }
    const histogram: Histogram = this.#meter.createHistogram(name, { description, unit: 's', advice })
    this.#onEach(channel, (message) =>
      histogram.record((message.durationMs ?? 0) / 1_000, { ...attributesOf(message), ...resultAttributes(message) }),
    )
  }

  #sizeCommits(): void {
    const description = 'Encoded size of the attributes in a commit.'
    const sizes = this.#meter.createHistogram('koa_scopes.commit.size', { description, unit: 'By' })
    this.#onEach('commit', (commit) => sizes.record(commit.bytes, wayAttributes(commit)))
  }

  #countOutages(): void {
    const outages = this.#meter.createCounter('koa_scopes.outages', {
      description: 'How often the store has become unavailable.',
      unit: '{outage}',
    })
    const durations = this.#meter.createHistogram('koa_scopes.outage.duration', {
      description: 'Duration of outages that are over.',
      unit: 's',
    })
    const listener = (message: unknown) => {
      const { cache, durationMs, isAvailable, isContinued = false } = message as OutageChange
      const attributes = { 'db.namespace': cache }
      if (!isAvailable && !isContinued) outages.add(1, attributes)
      if (durationMs !== undefined) durations.record(durationMs / 1_000, attributes)
    }
    channels.outage.subscribe(listener)
    this.#undo.push(() => void channels.outage.unsubscribe(listener))
  }

  #countRecords(records: RecordCounts): void {
    const gauge = this.#meter.createObservableGauge('koa_scopes.records', {
      description: 'Live records in the store, of all nodes.',
      unit: '{record}',
    })
    const observe: Parameters<typeof gauge.addCallback>[0] = async (result) => {
      for (const { application, scope, records: count } of await records.read())
        result.observe(count, { 'koa_scopes.application': application, 'koa_scopes.scope': scope })
    }
    gauge.addCallback(observe)
    this.#undo.push(() => gauge.removeCallback(observe))
  }

  #onEach<Name extends keyof Messages>(name: Name, listener: (message: Messages[Name]) => void): void {
    const { asyncEnd } = channels[name]
    asyncEnd.subscribe(listener as never)
    this.#undo.push(() => void asyncEnd.unsubscribe(listener as never))
  }
}
