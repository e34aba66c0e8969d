/*
 * Spans and metrics for OpenTelemetry: `const stop = observe()`, after the SDK has been started and before the first request.
 * It subscribes to the channels of `node:diagnostics_channel` that docs/diagnostics.md lists, and needs the package
 * `@opentelemetry/api`.
 */
import { type MeterProvider, metrics, type TracerProvider, trace } from '@opentelemetry/api'
import { RecordCounts } from '../admin/metrics/record-counts.js'
import type { Container } from '../container/container.js'
import { parseTimeout } from '../errors/parse-duration.js'
import { checkedOptions } from '../scopes/request/arguments.js'
import type { Duration } from '../support/duration.js'
import { systemClock } from '../support/steady-clock.js'
import { countableIn } from './countable.js'
import { Instruments } from './instruments.js'
import { Spans } from './spans.js'

export interface ObserveOptions {
  /** Default: the global one. */
  readonly tracerProvider?: TracerProvider
  /** Default: the global one. */
  readonly meterProvider?: MeterProvider
  /** Spans also for calls to the store that belong to no span, as those of the upkeep every second. Default: false. */
  readonly upkeepSpans?: boolean
  /** Counts the live records of this container too. Default: none are counted. */
  readonly container?: Container
  /** How often its stores are asked for the numbers of records, at most. Default: 1m. */
  readonly recordsEvery?: Duration
}

const optionNames = ['tracerProvider', 'meterProvider', 'upkeepSpans', 'container', 'recordsEvery'] as const

/**
 * Makes spans and metrics of everything that the containers of this process do. Returns a function that stops it. Throws
 * DURATION_INVALID.
 */
export function observe(options: ObserveOptions = {}): () => void {
  const {
    container,
    meterProvider = metrics.getMeterProvider(),
    recordsEvery = '1m',
    tracerProvider = trace.getTracerProvider(),
    upkeepSpans = false,
  } = checkedOptions('observe()', options, optionNames)
  const everyMs = parseTimeout(recordsEvery) ?? Number.POSITIVE_INFINITY
  const records = container && new RecordCounts(countableIn(container), systemClock, everyMs)
  const instruments = new Instruments(meterProvider.getMeter('koa-scopes'), records)
  const spans = new Spans(tracerProvider.getTracer('koa-scopes'), upkeepSpans)
  return () => {
    spans.stop()
    instruments.stop()
  }
}
