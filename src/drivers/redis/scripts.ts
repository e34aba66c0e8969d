import { createHash } from 'node:crypto'
import { lua } from './lua.js'

/** One operation in Lua. After its first run, Redis knows it by the digest of its source. */
export interface Script {
  readonly source: string
  readonly digest: string
  /** Whether its last argument is the time until which it may be carried out. */
  readonly hasDeadline: boolean
}

const record = lua('record')
const deadline = lua('deadline')

function script(name: string): Script {
  return scriptOf(false, record, lua(name))
}

/** A script with a deadline, for changes that must not come late: the caller may already have reported that they failed. */
function timely(name: string): Script {
  return scriptOf(true, record, deadline, lua(name))
}

function scriptOf(hasDeadline: boolean, ...parts: readonly string[]): Script {
  const source = parts.join('\n')
  return { source, digest: createHash('sha1').update(source).digest('hex'), hasDeadline }
}

export const scripts = {
  load: script('load'),
  head: script('head'),
  create: timely('create'),
  update: timely('update'),
  due: script('due'),
  claim: timely('claim'),
  renew: script('renew'),
  settle: script('settle'),
  lock: timely('lock'),
  unlock: script('unlock'),
  enter: script('enter'),
  forget: script('forget'),
}
