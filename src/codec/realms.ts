/*
 * Objects of another realm: a `vm` context, such as that of a test under Jest. They are what they seem, but their classes are
 * not this realm's, so that `instanceof` and prototypes do not show it.
 */

/** This realm's prototypes by those of other realms; undefined for prototypes that are not the platform's own. */
const twins = new WeakMap<object, object | undefined>()

/** The prototype in this realm that corresponds to the prototype of a class of the platform in another realm. */
export function twinOf(prototype: object): object | undefined {
  if (!twins.has(prototype)) twins.set(prototype, findTwin(prototype))
  return twins.get(prototype)
}

function findTwin(prototype: object): object | undefined {
  const type: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value
  if (typeof type !== 'function' || type.prototype !== prototype) return undefined
  if (Function.prototype.toString.call(type) !== `function ${type.name}() { [native code] }`) return undefined
  const own: unknown = Reflect.get(globalThis, type.name)
  return typeof own === 'function' && own !== type ? own.prototype : undefined
}
