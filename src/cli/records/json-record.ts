import superjson from 'superjson'
import { reasonOf } from '../../errors/scopes-error.js'
import type { ShownRecord } from '../../scopes/request/directory.js'
import type { ShownAttribute } from '../../scopes/request/shown-record.js'
import { treeOf } from '../terminal/tree.js'

/** Deeper than any value that can be stored. */
const allLevels = 500

/** A record as JSON: values as superjson writes them, bytes that cannot be decoded in hexadecimal. */
export const jsonOf = ({ attributes, isUnsaved: _, ...head }: ShownRecord): object => ({
  ...head,
  attributes: attributes.map(attributeJson),
})

function attributeJson(attribute: ShownAttribute): object {
  const { bytes, name } = attribute
  if ('encoded' in attribute)
    return { name, bytes, encoded: Buffer.from(attribute.encoded).toString('hex'), reason: attribute.reason }
  try {
    const { json, meta } = superjson.serialize(attribute.value)
    return { name, bytes, value: json, ...(meta && { meta }) }
  } catch (error) {
    // superjson refuses a few values that the codec carries, such as those with a key `__proto__`.
    return { name, bytes, text: treeOf(name, attribute.value, allLevels), reason: reasonOf(error) }
  }
}
