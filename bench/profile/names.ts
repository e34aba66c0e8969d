import type { Frame } from './cpu-profile.js'

/** `scopes/values.js`, `~ioredis/built/Redis.js`, `node:net`; empty where it is not JavaScript. */
function fileOf({ url }: Frame): string {
  const path = decodeURIComponent(url).replace(/^file:\/\//, '')
  const [, dependency] = /.*\/node_modules\/(.+)/.exec(path) ?? []
  return dependency ? `~${dependency}` : path.replace(/.*\/dist\//, '')
}

/** Own files one by one, a dependency as a whole, Node's modules, and what is not JavaScript by its own name. */
export function groupOf(frame: Frame): string {
  const file = fileOf(frame)
  const [, dependency] = /^(~(?:@[^/]+\/)?[^/]+)/.exec(file) ?? []
  return dependency ?? (file || frame.functionName)
}

export function functionOf(frame: Frame): string {
  const name = frame.functionName || '(anonymous)'
  return frame.url ? `${name}  ${fileOf(frame)}:${frame.lineNumber + 1}` : name
}
