import {
  type Attributes,
  context,
  type Span,
  SpanKind,
  type SpanOptions,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import { channels, type Messages } from '../diagnostics/channels.js'
import { reasonOf } from '../errors/scopes-error.js'
import { endAttributes, resultAttributes, storeAttributes, wayAttributes } from './attributes.js'
import { ContextStore } from './context-store.js'

interface NamedSpan extends SpanOptions {
  readonly name: string
}

/** Stores in this process or in a file beside it. */
const embedded = ['memory', 'lmdb', 'sqlite']

/** A span for each operation, under that of the operation it belongs to. `upkeep`: also for calls that belong to none. */
export class Spans {
  readonly #tracer: Tracer
  readonly #upkeep: boolean
  readonly #spans = new WeakMap<object, Span>()
  readonly #undo: (() => void)[] = []

  constructor(tracer: Tracer, upkeep: boolean) {
    this.#tracer = tracer
    this.#upkeep = upkeep
    this.#watch('store', (call) => this.#spanOfCall(call))
    this.#watch('load', (load) => ({ name: `load ${load.scope}`, attributes: wayAttributes(load) }))
    this.#watch('commit', (commit) => ({
      name: `commit ${commit.scope}`,
      attributes: {
        ...wayAttributes(commit),
        'koa_scopes.attributes': commit.attributes,
        'koa_scopes.bytes': commit.bytes,
      },
    }))
    this.#watch('end', (end) => ({
      name: `end ${end.scope}`,
      attributes: { ...endAttributes(end), 'koa_scopes.record.id': end.id, 'koa_scopes.attempt': end.attempt },
    }))
  }

  stop(): void {
    for (const undo of this.#undo) undo()
  }

  #spanOfCall(call: Messages['store']): NamedSpan | undefined {
    if (!this.#upkeep && !trace.getSpan(context.active())) return undefined
    return {
      name: `${call.operation} ${call.space ?? call.cache}`,
      kind: embedded.includes(call.driver) ? SpanKind.INTERNAL : SpanKind.CLIENT,
      attributes: storeAttributes(call),
    }
  }

  #watch<Name extends keyof Messages>(name: Name, spanOf: (message: Messages[Name]) => NamedSpan | undefined): void {
    const { asyncEnd, start } = channels[name]
    const store = new ContextStore()
    const end = (message: unknown) => this.#end(message as Messages[Name])
    start.bindStore(store as never, ((message: Messages[Name]) => this.#begin(message, spanOf(message))) as never)
    asyncEnd.subscribe(end as never)
    this.#undo.push(
      () => void start.unbindStore(store as never),
      () => void asyncEnd.unsubscribe(end as never),
    )
  }

  /** The context in which the operation runs. */
  #begin(message: object, of: NamedSpan | undefined) {
    const active = context.active()
    if (!of) return active
    const span = this.#tracer.startSpan(of.name, of, active)
    this.#spans.set(message, span)
    return trace.setSpan(active, span)
  }

  #end(message: Messages[keyof Messages]): void {
    const span = this.#spans.get(message)
    if (!span) return
    const attributes: Attributes = resultAttributes(message)
    span.setAttributes(attributes)
    if (message.error !== undefined) {
      span.recordException(message.error instanceof Error ? message.error : String(message.error))
      span.setStatus({ code: SpanStatusCode.ERROR, message: reasonOf(message.error) })
    }
    span.end()
  }
}
