import { connectionErrors } from './connection-errors.js'
import { type Entry, entry, type InScope } from './entry.js'
import { metricsErrors } from './metrics-errors.js'
import { sealedErrors } from './sealed-errors.js'
import { serverErrors } from './server-errors.js'
import { visitErrors } from './visit-errors.js'

/** One problem in the configuration. Line and column count from 1 and are absent for a config given as an object. */
export interface ConfigProblem {
  readonly file: string
  readonly line?: number
  readonly column?: number
  /** The place in the configuration, as in `applications.shop.session.timeout`. */
  readonly path: string
  readonly problem: string
  readonly remedy: string
}

const placed = ({ file, line, column }: ConfigProblem) => (line ? `${file}:${line}:${column}` : file)
const report = (problems: readonly ConfigProblem[]) =>
  problems.map((p) => `\n  ${placed(p)}  ${p.path ? `${p.path}: ` : ''}${p.problem} ${p.remedy}`).join('')

type OfCache = { readonly cache: string }

const reach = 'Check that the store is running and can be reached.'

/** All errors of this package: code, HTTP status, sentence, remedy. A test compares their codes with docs/errors.md. */
export const errorTable = {
  // Configuration and start
  CONFIG_INVALID: entry<{ source: string; problems: readonly ConfigProblem[] }>(
    500,
    (d) =>
      `${d.source} has ${d.problems.length === 1 ? 'a problem' : `${d.problems.length} problems`}:${report(d.problems)}`,
    'Nothing was started.',
  ),
  CONFIG_UNREADABLE: entry<{ file: string; reason: string }>(
    500,
    (d) => `The configuration ${d.file} cannot be read: ${d.reason}.`,
    'Name an existing YAML file, as in: koa-scopes start app.config.yaml',
  ),
  DURATION_INVALID: entry<{ value: string; problem: string; remedy: string }>(
    500,
    (d) => `The duration ${d.value} ${d.problem}.`,
    (d) => d.remedy,
  ),
  LOG_LEVEL_UNKNOWN: entry<{ level: string; known: readonly string[]; meant: string | undefined }>(
    500,
    (d) => `The environment variable LOG_LEVEL is ${JSON.stringify(d.level)}, which is no level.`,
    (d) => `${d.meant === undefined ? '' : `Did you mean ${d.meant}? `}Set it to one of: ${d.known.join(', ')}.`,
  ),
  MODULE_UNUSABLE: entry<{ module: string; reason: string; remedy?: string }>(
    500,
    (d) => `The application module ${d.module} cannot be used: ${d.reason}.`,
    (d) => d.remedy ?? 'It must export a definition as its default: export default defineApplication({ ... }).',
  ),
  NODE_TOO_OLD: entry<{ version: string; oldest: string }>(
    500,
    (d) => `koa-scopes needs Node ${d.oldest} or later, and this is Node ${d.version}.`,
    'Update Node.',
  ),
  DRIVER_UNUSABLE: entry<{ driver: string; reason: string; remedy: string }>(
    500,
    (d) => `The driver ${d.driver} given to createContainer() cannot be used: ${d.reason}.`,
    (d) => d.remedy,
  ),
  TYPESCRIPT_LOADER_MISSING: entry<{ module: string }>(
    500,
    (d) => `The application module ${d.module} is written in TypeScript, but tsx, which loads it, is not installed.`,
    'Run: npm install tsx',
  ),
  ...serverErrors,
  CONTAINER_CLOSED: entry<{ action: string }>(
    503,
    (d) => `The container is closed, so it cannot ${d.action}.`,
    'Create another one with createContainer().',
  ),
  APPLICATION_UNKNOWN: entry<{ name: string; known: readonly string[] }>(
    500,
    (d) => `There is no application ${JSON.stringify(d.name)}; known: ${d.known.join(', ') || 'none'}.`,
    'Name one of them, or add it under applications: in the configuration.',
  ),
  APPLICATION_NOT_STARTED: entry<{ application: string; reason: string }>(
    503,
    (d) => `The application ${d.application} did not start: ${d.reason}.`,
    'The next request tries again.',
  ),
  CACHE_UNKNOWN: entry<{ cache: string; known: readonly string[] }>(
    500,
    (d) => `There is no cache ${JSON.stringify(d.cache)}; known: ${d.known.join(', ')}.`,
    'Name one of them, or add it under caches: in the configuration.',
  ),
  CACHE_WITHOUT_OBJECTS: entry<OfCache & { driver: string }>(
    500,
    (d) => `The cache ${d.cache} uses the driver ${d.driver}, which holds scopes but no objects.`,
    'Use a cache with another driver.',
  ),
  MOVE_IMPOSSIBLE: entry<{ from: string; to: string; reason: string; remedy: string }>(
    500,
    (d) => `Records cannot move from the cache ${d.from} to ${d.to}: ${d.reason}.`,
    (d) => d.remedy,
  ),

  // Storage
  STORAGE_UNAVAILABLE: entry<OfCache & { operation: string; reason: string; remedy?: string }>(
    503,
    (d) => `The cache ${d.cache} is unavailable (${d.operation}): ${d.reason}.`,
    (d) => d.remedy ?? reach,
  ),
  STORAGE_UNANSWERED: entry<OfCache & { operation: string; reason: string; remedy?: string }>(
    503,
    (d) => `The cache ${d.cache} did not answer ${d.operation}, but may have carried it out: ${d.reason}.`,
    (d) => d.remedy ?? reach,
  ),
  STORAGE_TIMEOUT: entry<OfCache & { operation: string; deadlineMs: number }>(
    503,
    (d) => `The cache ${d.cache} did not answer ${d.operation} within ${d.deadlineMs} ms.`,
    'Check the load of the store, or raise the deadline of this cache.',
  ),
  SAVE_UNCERTAIN: entry<OfCache & { id: string }>(
    503,
    (d) => `The cache ${d.cache} did not answer a save of the record ${d.id}, which may have been applied.`,
    'Load the record again to see whether it was.',
  ),
  STORAGE_FULL: entry<OfCache & { operation: string; reason: string }>(
    503,
    (d) => `The cache ${d.cache} has no room left (${d.operation}): ${d.reason}.`,
    'Give the store more room.',
  ),
  STORAGE_CORRUPT: entry<OfCache & { reason: string }>(
    500,
    (d) => `The cache ${d.cache} cannot be read: ${d.reason}.`,
    'The store was not changed. Restore it from a backup, or move it away to start with an empty one.',
  ),
  STORAGE_UNUSABLE: entry<OfCache & { reason: string; remedy: string }>(
    500,
    (d) => `The cache ${d.cache} cannot use its store: ${d.reason}.`,
    (d) => d.remedy,
  ),
  ...visitErrors,
  STORAGE_FAILED: entry<OfCache & { operation: string; reason: string }>(
    500,
    (d) => `The cache ${d.cache} failed (${d.operation}): ${d.reason}.`,
    'See the cause of this error.',
  ),

  // Codec
  VALUE_NOT_STORABLE: entry<{ path: string; reason: string }>(
    500,
    (d) => `${d.path}: ${d.reason} cannot be stored.`,
    'Store plain data, or register the class with createContainer({ types }).',
  ),
  VALUE_UNDECODABLE: entry<{ path: string; reason: string; remedy?: string }>(
    500,
    (d) => `${d.path}: the stored value cannot be decoded: ${d.reason}.`,
    (d) => d.remedy ?? 'Register the class that the value was stored with, or assign a new value.',
  ),
  NAME_NOT_STORABLE: entry<InScope & { name: string; reason: string }>(
    500,
    (d) => `${d.scope}[${d.name}]: ${d.reason}.`,
    'An attribute name is a string of well-formed Unicode, at most 1,024 bytes long in UTF-8.',
  ),
  KEY_NOT_STORABLE: entry<{ what: string; text?: string; reason: string }>(
    500,
    (d) => `The ${d.what}${d.text === undefined ? '' : ` ${JSON.stringify(d.text)}`} cannot be used: ${d.reason}.`,
    'Ids and keys are well-formed Unicode of at most 1,024 bytes in UTF-8, principals of at most 4,096. For a longer text, use its digest.',
  ),

  // Use of the scopes
  SCOPE_NOT_DECLARED: entry<InScope & { application: string }>(
    500,
    (d) => `The application ${d.application} has no ${d.scope} scope.`,
    (d) => `Declare it in the configuration, as in: applications: { ${d.application}: { ${d.scope}: {} } }`,
  ),
  SCOPE_NOT_OPEN: entry<InScope>(
    500,
    (d) => `ctx.${d.scope} is not open in this request.`,
    'Put container.scopes(...) before the middleware that uses the scope, and do not list this path under scopeless:.',
  ),
  SCOPE_ASSIGNED: entry<InScope>(
    500,
    (d) => `ctx.${d.scope} itself cannot be assigned.`,
    (d) => `Set its attributes instead; to end it, await ctx.scopes.${d.scope}.invalidate().`,
  ),
  ADOPTION_FAILED: entry<{ reason: string }>(
    503,
    (d) => `The store of the earlier program failed: ${d.reason}.`,
    'Bring that store back, or remove adopt from the definition: then these visitors log in again.',
  ),
  SCOPE_CLOSED: entry<InScope & { name?: string }>(
    500,
    (d) =>
      d.name === undefined
        ? `An operation of the ${d.scope} was begun after the final commit of its request, so it did nothing.`
        : `${d.scope}.${d.name} was changed after the final commit of its request, so it cannot be saved.`,
    'Change the scope before the response begins, or use the directory: app.sessions.open(id, fn).',
  ),
  SCOPE_WITHHELD: entry<InScope>(
    403,
    (d) =>
      `This request came from another site, so it could not carry a ${d.scope} cookie, and a new one would replace the visitor's.`,
    'Answer it with a redirect (303) to a page that changes the scope, or set sameSite: none for its cookie.',
  ),
  CSRF_REFUSED: entry<{ reason: string }>(
    403,
    (d) => `This request was refused: ${d.reason}.`,
    'List the origin in csrf({ origins }) if it is yours; or send the token of ctx.scopes.session.csrfToken() as X-CSRF-Token or _csrf.',
  ),
  SCOPE_SUPERSEDED: entry<InScope>(
    409,
    (d) =>
      `This request came with a ${d.scope} cookie that has just been replaced, so it cannot change the ${d.scope}.`,
    'Send the request again with the new cookie.',
  ),
  SCOPE_CONFLICT: entry<InScope>(
    409,
    (d) => `Another request rotated the ${d.scope} at the same time, so nothing of this request was saved.`,
    'Send the request again with the new cookie.',
  ),
  SCOPE_CHANGED: entry<InScope>(
    409,
    (d) => `Another request changed the ${d.scope} after this one loaded it, so nothing of this request was saved.`,
    'Send the request again.',
  ),
  SCOPE_LOST: entry<InScope & { id: string }>(
    409,
    (d) => `The ${d.scope} record${d.id && ` ${d.id}`} has ended meanwhile.`,
    'Begin a new record.',
  ),
  SCOPE_TOO_LARGE: entry<InScope & { id: string; size: number; maxSize: number; largest: readonly string[] }>(
    413,
    (d) =>
      `The ${d.scope} record ${d.id} would take ${d.size} bytes, more than its maxSize of ${d.maxSize}, so nothing of this request was saved; its largest attributes are ${d.largest.map((name) => JSON.stringify(name)).join(', ')}.`,
    'Keep less in it, such as ids in place of objects, or raise maxSize of this scope.',
  ),
  ...sealedErrors,
  SCOPE_MEMORY_FULL: entry<InScope & { limit: string }>(
    503,
    (d) => `This node holds its limit of ${d.scope} records that are not yet backed up (${d.limit}).`,
    'Bring the store back, or raise the memory of this scope.',
  ),
  KEY_READ_ONLY: entry<InScope & { name: string }>(
    500,
    (d) => `${d.scope}.${d.name} is one of CFML's read-only keys.`,
    'Choose another name.',
  ),
  HEADERS_BEFORE_COMMIT: entry<InScope>(
    500,
    (d) => `The response headers are being sent while changes of the ${d.scope} are not yet saved.`,
    (d) => `Call await ctx.scopes.${d.scope}.commit() first.`,
  ),
  LIMIT_REACHED: entry<InScope & { principal: string; limit: number }>(
    409,
    (d) =>
      `The principal has ${d.limit} ${d.scope} ${d.limit === 1 ? 'record' : 'records'} already, which is the limit.`,
    'End one of them first, or set limit.then to endOldest.',
  ),
  LOCKS_UNSUPPORTED: entry<InScope & OfCache>(
    500,
    (d) => `The ${d.scope} cannot be locked: the driver of the cache ${d.cache} has no locks.`,
    'Store the scope in a cache whose driver has locks.',
  ),
  LOCK_NOT_TAKEN: entry<InScope & { id: string; waitMs: number }>(
    503,
    (d) => `The lock of the ${d.scope} record ${d.id} was not free within ${d.waitMs} ms.`,
    'Try again, or wait longer.',
  ),
  LOCK_BUSY: entry<InScope & { id: string; waiting: number }>(
    503,
    (d) => `${d.waiting} requests wait for the lock of the ${d.scope} record ${d.id} already.`,
    'Do less inside the lock, or refuse such requests earlier.',
  ),
  LOCK_LOST: entry<InScope & { id: string }>(
    503,
    (d) =>
      `The lock of the ${d.scope} record ${d.id} was lost before the change was saved, so nothing of it was saved.`,
    'Do less inside the lock, or ask for a longer lease or hold.',
  ),
  SCOPES_MOUNTED_TWICE: entry<{ application: string }>(
    500,
    (d) => `The scopes of ${d.application} are mounted a second time on one request.`,
    'Use container.scopes(...) once per Koa app, and not in an application of the container, which has it built in.',
  ),
  FOREIGN_MEMBER: entry<{ member: string }>(
    500,
    (d) => `Another module, perhaps koa-session, has defined ctx.${d.member} on this Koa app.`,
    'Remove that module: the scopes replace it.',
  ),

  ...connectionErrors,
  ...metricsErrors,
} satisfies Record<string, Entry<never>>

export type ErrorCode = keyof typeof errorTable
export type Details<C extends ErrorCode> = Parameters<(typeof errorTable)[C]['sentence']>[0]
