import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'

/** One operation in Lua. Redis knows it by the digest of its source once it has run. */
export interface Script {
  readonly source: string
  readonly digest: string
}

const read = (name: string): string => readFileSync(new URL(`scripts/${name}.lua`, import.meta.url), 'utf8')
const preamble = read('record')

function script(name: string): Script {
  const source = `${preamble}\n${read(name)}`
  return { source, digest: createHash('sha1').update(source).digest('hex') }
}

export const scripts = {
  load: script('load'),
  create: script('create'),
  update: script('update'),
  delete: script('delete'),
  due: script('due'),
  claim: script('claim'),
  renew: script('renew'),
  settle: script('settle'),
  lock: script('lock'),
  unlock: script('unlock'),
  enter: script('enter'),
  forget: script('forget'),
}
