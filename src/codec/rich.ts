import { SuperJSON, type SuperJSONResult } from 'superjson'
import type { CustomType } from './codec.js'
import { type Forms, Replacement } from './replace.js'
import { Restoration } from './restore.js'
import { Bare, Form, Pattern, Repeat, standIns } from './stand-ins.js'
import type { KnownTypes } from './types.js'

type SuperClass = Parameters<SuperJSON['registerClass']>[0]
type Json = SuperJSONResult['json']

/** The text form of values that plain JSON cannot carry: superjson writes it, with a registry of its own, and a Restoration reads it. */
export class RichFormat {
  readonly #types: KnownTypes
  readonly #superjson = new SuperJSON()

  constructor(types: KnownTypes) {
    this.#types = types
    this.#superjson.registerClass(Bare, standIns.bare)
    this.#superjson.registerClass(Repeat, standIns.repeat)
    this.#superjson.registerClass(Pattern, standIns.pattern)
    for (const [name, type] of types.classes) this.#superjson.registerClass(type as unknown as SuperClass, name)
    for (const [name, type] of types.custom) this.#registerForm(name, type)
  }

  stringify(value: unknown, forms: Forms): string {
    const payload = this.#superjson.serialize(new Replacement(this.#types.shapes, forms).replace(value))
    return JSON.stringify(withoutReferences(payload))
  }

  /** Throws if `stringify` did not make the text, or if it holds an unknown class or custom type. */
  parse(text: string): unknown {
    const { json, meta }: Partial<SuperJSONResult> = JSON.parse(text)
    return new Restoration(this.#types, json, meta?.values).restore(json)
  }

  #registerForm(name: string, type: CustomType): void {
    this.#superjson.registerCustom<Form, Json>(
      {
        isApplicable: (value): value is Form => value instanceof Form && value.name === name,
        serialize: (form) => form.data as Json,
        deserialize: (data) => new Form(name, type, data),
      },
      name,
    )
  }
}

/**
 * Removes superjson's references, which are wrong after a cycle and inside a Set, and are made for equal numbers too.
 * Stand-ins replace them.
 */
function withoutReferences({ json, meta }: SuperJSONResult): SuperJSONResult {
  return meta?.values ? { json, meta: { values: meta.values, v: 1 } } : { json }
}
