import { twinOf } from './realms.js'

/** Wordings for classes whose name alone would mislead. */
const wordings = new Map<unknown, string>([
  [Object, 'an object with a prototype of its own'],
  [Promise, 'a promise'],
  [String, 'a String object'],
  [Number, 'a Number object'],
  [Boolean, 'a Boolean object'],
  [BigInt, 'a BigInt object'],
  [Symbol, 'a Symbol object'],
])

/** Names a value as the subject of a sentence: `a function`, `an instance of the unregistered class Cart`. */
export function wordingOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return `a ${typeof value}`
  const type: unknown = Object.getPrototypeOf(value)?.constructor
  if (typeof type !== 'function' || type.name === '') return 'an instance of an unregistered class without a name'
  const twin = typeof type.prototype === 'object' && twinOf(type.prototype)
  if (twin) return `${builtInWording(twin.constructor)} of another realm`
  if (!isBuiltIn(type)) return `an instance of the unregistered class ${type.name}`
  return builtInWording(type)
}

const builtInWording = (type: { readonly name: string }): string => wordings.get(type) ?? withArticle(type.name)

/** Whether a class is one of the platform's own. */
export function isBuiltIn(type: { readonly name: string }): boolean {
  return Reflect.get(globalThis, type.name) === type
}

const withArticle = (noun: string) => `${/^[AEIO]/.test(noun) ? 'an' : 'a'} ${noun}`
