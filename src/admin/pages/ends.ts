import type { Directory } from '../../scopes/request/directory.js'
import type { ScopeKind } from '../../scopes/settings.js'
import { type Answer, Refusal } from '../answer.js'
import type { Desk } from '../desk.js'
import { html } from '../html/html.js'
import { paths } from '../html/paths.js'
import { moment, plural } from '../html/words.js'
import type { Route, Visit } from '../route.js'
import { confirmation } from './confirmation.js'
import { shownRecord } from './record.js'
import { directoryOf, kinds } from './scope-of.js'

/** Ends one record, or all of a principal. A browser is asked first, because an end cannot be undone. */
export const endRoutes = (desk: Desk): readonly Route[] =>
  kinds.flatMap((kind): Route[] => {
    const list = `/applications/:application/${kind}s`
    const one = `${list}/:id`
    const all = `/applications/:application/end-${kind}s`
    return [
      { method: 'GET', path: `${one}/end`, answer: (visit) => askForOne(desk, kind, visit) },
      { method: 'POST', path: `${one}/end`, answer: (visit) => endOne(desk, kind, visit) },
      { method: 'DELETE', path: one, answer: (visit) => endOne(desk, kind, visit) },
      { method: 'GET', path: all, answer: (visit) => askForAll(desk, kind, visit) },
      { method: 'POST', path: all, answer: (visit) => endAll(desk, kind, visit) },
      { method: 'DELETE', path: list, answer: (visit) => endAll(desk, kind, visit) },
    ]
  })

async function askForOne(desk: Desk, kind: ScopeKind, { operator, params }: Visit): Promise<Answer> {
  const { application = '', id = '' } = params
  const { lastVisit, principal } = await shownRecord(desk, application, kind, id)
  const now = desk.operated.clock.now()
  return confirmation({
    title: `End this ${kind}?`,
    section: 'records',
    operator,
    question: html`<p>The ${kind} <code>${id}</code>${principal !== null && html` of <b>${principal}</b>`}, last visited ${moment(lastVisit, now)}, ends on every node at once. ${consequence(kind)} It cannot be undone.</p>`,
    action: paths.end(application, kind, id),
    verb: `End the ${kind}`,
    back: paths.record(application, kind, id),
  })
}

async function endOne(desk: Desk, kind: ScopeKind, { operator, params }: Visit): Promise<Answer> {
  const { application = '', id = '' } = params
  if (!id) throw new Refusal(400, 'Which?', `Name the ${kind}, as in /applications/${application}/${kind}s/<id>.`)
  const directory = directoryOf(desk, application, kind)
  const subject = { application, scope: kind, id }
  const change = { action: 'end', operator, subject, message: `an operator ended a ${kind}` }
  const { ended } = await desk.audit.change(change, async () => ({ ended: await directory.end(id) }))
  return {
    done: ended === 0 ? `The ${kind} had ended already.` : `The ${kind} was ended.`,
    to: paths.records(application, kind),
    data: { ended },
  }
}

async function askForAll(desk: Desk, kind: ScopeKind, visit: Visit): Promise<Answer> {
  const { application = '' } = visit.params
  const principal = principalIn(visit, kind)
  const found = await directoryOf(desk, application, kind).find({ principal })
  const count = plural(found.length, kind)
  return confirmation({
    title: `End all ${kind}s of a principal?`,
    section: 'records',
    operator: visit.operator,
    question: html`<p>The principal <b>${principal}</b> has <b>${count}</b>. All of them end on every node at once. ${consequence(kind)} It cannot be undone.</p>`,
    action: paths.endAll(application, kind, principal),
    verb: `End ${count}`,
    back: paths.records(application, kind, { principal }),
  })
}

async function endAll(desk: Desk, kind: ScopeKind, visit: Visit): Promise<Answer> {
  const { application = '' } = visit.params
  const principal = principalIn(visit, kind)
  const directory = directoryOf(desk, application, kind)
  const subject = { application, scope: kind, principal }
  const message = `an operator ended all ${kind}s of a principal`
  const { ended } = await desk.audit.change(
    { action: 'end all', operator: visit.operator, subject, message },
    (known) => endEach(directory, principal, known),
  )
  return {
    done: `${plural(ended, kind)} of ${principal} ended.`,
    to: paths.records(application, kind),
    data: { ended },
  }
}

/** Each by itself, so that after a failure it is known how many have ended. `failed` ones may have ended too. */
async function endEach(directory: Directory<object>, principal: string, known: (fields: object) => void) {
  const found = await directory.find({ principal })
  const results = await Promise.allSettled(found.map(({ id }) => directory.end(id, { principal })))
  const failures = results.filter((result) => result.status === 'rejected')
  const ended = results.filter((result) => result.status === 'fulfilled' && result.value === 1).length
  known({ ended, failed: failures.length })
  for (const { reason } of failures) throw reason
  return { ended }
}

/** Without a principal nothing is ended: a forgotten parameter must not mean everyone. Throws a refusal, 400. */
function principalIn({ query }: Visit, kind: ScopeKind): string {
  const principal = query.get('principal')
  if (principal) return principal
  throw new Refusal(400, 'Whose?', `Name the principal whose ${kind}s are to end, as in ?principal=anna.`)
}

const consequence = (kind: ScopeKind): string =>
  kind === 'session' ? 'Its visitor is logged out, and what it holds is lost.' : 'What it holds is lost.'
