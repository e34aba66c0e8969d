import { isSealing } from '../../drivers/definition.js'
import { reasonOf } from '../../errors/scopes-error.js'
import type { ObjectCache } from '../../storage/caches/object-cache.js'
import type { Operator } from '../access/access.js'
import { type Answer, notFound, Refusal } from '../answer.js'
import type { Desk } from '../desk.js'
import { type Html, html } from '../html/html.js'
import { empty, panel } from '../html/parts.js'
import { paths } from '../html/paths.js'
import type { Route, Visit } from '../route.js'
import { described } from '../values/described.js'
import { plain } from '../values/plain.js'
import { tree } from '../values/tree.js'
import { confirmation } from './confirmation.js'

const limits = { values: 2_000, letters: 2_000, depth: 30 }

/** An object that was looked up by its key. */
interface ShownObject {
  readonly key: string
  readonly data: object
  readonly content: Html
  readonly isThere: boolean
}

/** The objects of a cache: one by its key, deleting it, and clearing all. No store lists them. */
export const objectsRoutes = (desk: Desk): readonly Route[] => [
  { method: 'GET', path: '/caches/:cache/clear', answer: (visit) => askToClear(desk, visit) },
  { method: 'POST', path: '/caches/:cache/clear', answer: (visit) => clear(desk, visit) },
  { method: 'DELETE', path: '/caches/:cache/objects', answer: (visit) => remove(desk, visit) },
  { method: 'POST', path: '/caches/:cache/delete', answer: (visit) => remove(desk, visit) },
]

/** undefined without a key, and if the cache holds no objects. */
export async function shownObject(
  desk: Desk,
  cache: string,
  key: string | undefined,
): Promise<ShownObject | undefined> {
  const objects = desk.operated.objects(cache)
  if (!objects || !key) return undefined
  try {
    const value = await objects.get(key)
    if (value === undefined)
      return { key, data: { key, found: false }, content: empty('There is no object with this key.'), isThere: false }
    const description = described(value, limits)
    return {
      key,
      data: { key, found: true, type: description.type, value: plain(description) },
      content: tree(description, html`<span class="key name">${key}</span>`),
      isThere: true,
    }
  } catch (error) {
    const reason = reasonOf(error)
    return { key, data: { key, reason }, content: html`<p class="problem">${reason}</p>`, isThere: true }
  }
}

export function objectsPanel(desk: Desk, cache: string, object: ShownObject | undefined, operator: Operator): Html {
  if (!desk.operated.objects(cache)) return panel('objects', 'Objects', empty('This cache holds no objects.'))
  return panel(
    'objects',
    'Objects',
    html`<form class="search" role="search" aria-label="Look up an object" action="${paths.cache(cache)}"><label for="key">Key of an object</label>
<div><input id="key" name="key" type="search" value="${object?.key ?? ''}" autocomplete="off" spellcheck="false" autocapitalize="off"><button>Look it up</button></div></form>
${
  object &&
  html`<div class="object">${object.content}
${object.isThere && deleteForm(cache, object.key, operator)}</div>`
}
<p class="actions"><a class="button danger" href="${paths.clear(cache)}">Clear all objects…</a></p>`,
  )
}

const deleteForm = (cache: string, key: string, { session }: Operator): Html =>
  html`<form method="post" action="${paths.deleteObject(cache, key)}"><input type="hidden" name="csrf" value="${session?.csrf ?? ''}"><button>Delete this object</button> <span class="hint">What was computed is computed again when it is asked for.</span></form>`

function askToClear(desk: Desk, { operator, params }: Visit): Answer {
  const { cache = '' } = params
  objectsOf(desk, cache)
  return confirmation({
    title: `Clear the objects of ${cache}?`,
    section: 'caches',
    operator,
    question: html`<p>All objects that applications have put into <b>${cache}</b> go${isOfProcess(desk, cache) ? ', on this node only: they are in its memory' : ', for every node that shares it'}. Sessions and clients in it stay. It cannot be undone; what was computed is computed again when it is asked for, which may be many requests at once.</p>`,
    action: paths.clear(cache),
    verb: 'Clear the objects',
    back: paths.cache(cache),
  })
}

async function clear(desk: Desk, { operator, params }: Visit): Promise<Answer> {
  const { cache = '' } = params
  const objects = objectsOf(desk, cache)
  const message = 'an operator cleared the objects of a cache'
  await desk.audit.change({ action: 'clear', operator, subject: { cache }, message }, async () => {
    await objects.clear()
    return {}
  })
  return { done: `The objects of ${cache} were cleared.`, to: paths.cache(cache), data: { cleared: true } }
}

/** A key must be given: a forgotten one must not mean all. */
async function remove(desk: Desk, { operator, params, query }: Visit): Promise<Answer> {
  const { cache = '' } = params
  const objects = objectsOf(desk, cache)
  const key = query.get('key')
  if (!key) throw new Refusal(400, 'Which?', 'Name the object, as in ?key=front-page.')
  const { deleted } = await desk.audit.change(
    { action: 'delete', operator, subject: { cache, key }, message: 'an operator deleted an object of a cache' },
    async () => ({ deleted: await objects.delete(key) }),
  )
  return {
    done: deleted ? 'The object was deleted.' : 'There was no such object any more.',
    to: paths.cache(cache, { key }),
    data: { deleted },
  }
}

/** Whether each process has objects of its own in this cache. */
const isOfProcess = ({ operated: { config } }: Desk, cache: string): boolean => {
  const found = config.caches.get(cache)
  return found !== undefined && !isSealing(found.driver) && found.driver.capabilities(found.options).reach === 'process'
}

/** Throws a refusal, 404. */
function objectsOf({ operated }: Desk, cache: string): ObjectCache {
  const objects = operated.objects(cache)
  if (!objects) throw notFound(`There is no cache ${JSON.stringify(cache)} with objects.`)
  return objects
}
