import type { Answer } from '../answer.js'
import type { Desk } from '../desk.js'
import { type Html, html } from '../html/html.js'
import { badge, empty, facts, live, table } from '../html/parts.js'
import { paths } from '../html/paths.js'
import { counted, pathWords } from '../html/words.js'
import type { NodeHealth, OperatedApplication } from '../operated.js'
import type { Route, Visit } from '../route.js'
import { confirmation } from './confirmation.js'
import { applicationOf } from './scope-of.js'
import { scopesOf } from './scopes.js'

/** The applications: their state on this node, and their stop. */
export const applicationsRoutes = (desk: Desk): readonly Route[] => [
  { method: 'GET', path: '/applications', answer: () => listPage(desk) },
  { method: 'GET', path: '/applications/:application', answer: (visit) => listPage(desk, visit) },
  { method: 'GET', path: '/applications/:application/stop', answer: (visit) => askToStop(desk, visit) },
  { method: 'POST', path: '/applications/:application/stop', answer: (visit) => stop(desk, visit) },
]

async function listPage(desk: Desk, visit?: Visit): Promise<Answer> {
  const applications = visit
    ? [applicationOf(desk, visit.params.application)]
    : [...desk.operated.applications.values()]
  const health = await desk.operated.health()
  return {
    title: visit ? `Application ${visit.params.application}` : 'Applications',
    section: 'applications',
    data: { applications: applications.map((application) => applicationJson(application, health)) },
    body: () =>
      applications.length === 0
        ? empty(html`None is declared. Add one under <code>applications:</code> in the configuration.`)
        : live('applications', 5, html`${applications.map((application) => card(desk, application, health))}`),
  }
}

const applicationJson = (
  { config: { host, module, mount, name }, isStarted }: OperatedApplication,
  health: NodeHealth,
) => ({
  name,
  host: host ?? null,
  mount,
  module: module ?? null,
  isStarted: isStarted(),
  scopes: health.applications[name] ?? {},
})

function card(desk: Desk, application: OperatedApplication, health: NodeHealth): Html {
  const { host, module, mount, name } = application.config
  const isStarted = application.isStarted()
  return html`<section class="panel" aria-labelledby="a-${name}"><div class="head">
<h2 id="a-${name}"><a href="${paths.application(name)}">${name}</a></h2> ${isStarted ? badge('good', 'started on this node') : badge('idle', 'not started on this node')}</div>
${facts([
  ['Place', html`${host ?? 'any host'}, <code>${mount}</code>`],
  ['Module', module === undefined ? 'given in code' : pathWords(module)],
])}
${scopes(desk, name, health)}
<p class="actions">${isStarted ? html`<a class="button" href="${paths.stop(name)}">Stop on this node…</a>` : 'Its first request starts it.'}</p>
</section>`
}

function scopes(desk: Desk, name: string, health: NodeHealth): Html {
  const declared = scopesOf(desk.operated).filter(({ application }) => application === name)
  if (declared.length === 0) return empty('It declares no session and no client scope.')
  const figure = (kind: 'session' | 'client', what: 'unsaved' | 'refused' | 'unknown') =>
    counted(health.applications[name]?.[kind]?.[what] ?? 0)
  return table(
    `Scopes of ${name} on this node`,
    [
      { heading: 'Scope', cell: ({ kind }) => html`<a href="${paths.records(name, kind)}">${kind}s</a>` },
      { heading: 'Cache', cell: ({ config }) => html`<a href="${paths.cache(config.storage)}">${config.storage}</a>` },
      {
        heading: 'Mode',
        cell: ({ config, isSealed }) => (isSealed ? 'sealed cookies' : `cluster: ${config.cluster}`),
      },
      { heading: 'Unsaved', isNumber: true, cell: ({ kind }) => figure(kind, 'unsaved') },
      { heading: 'Wrong secrets', isNumber: true, cell: ({ kind }) => figure(kind, 'refused') },
      { heading: 'Unknown ids', isNumber: true, cell: ({ kind }) => figure(kind, 'unknown') },
    ],
    declared,
  )
}

function askToStop(desk: Desk, { operator, params }: Visit): Answer {
  const { name } = applicationOf(desk, params.application).config
  return confirmation({
    title: `Stop ${name} on this node?`,
    section: 'applications',
    operator,
    question: html`<p><code>onApplicationEnd</code> runs and the application scope of this node is emptied. Sessions and clients stay, and other nodes go on. The next request starts it again, with <code>onApplicationStart</code>: that undoes the stop, except for what the application scope held.</p>`,
    action: paths.stop(name),
    verb: 'Stop it',
    back: '/applications',
  })
}

async function stop(desk: Desk, { operator, params }: Visit): Promise<Answer> {
  const application = applicationOf(desk, params.application)
  const { name } = application.config
  const wasStarted = application.isStarted()
  const message = 'an operator stopped an application on this node'
  await desk.audit.change(
    { action: 'stop', operator, subject: { application: name, wasStarted }, message },
    async () => {
      await application.stop()
      return {}
    },
  )
  return {
    done: wasStarted
      ? `${name} was stopped on this node. Its next request starts it again.`
      : `${name} was not started.`,
    to: '/applications',
    data: { wasStarted },
  }
}
