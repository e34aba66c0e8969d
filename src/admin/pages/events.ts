import type { Desk } from '../desk.js'
import { type Html, html } from '../html/html.js'
import { denseTable, empty, live } from '../html/parts.js'
import { paths } from '../html/paths.js'
import { moment } from '../html/words.js'
import type { Route } from '../route.js'
import type { LoggedEvent } from '../watch/event-log.js'

const mostShown = 200

/** What has happened on this node, the newest first. */
export const eventsRoutes = ({ events, operated: { clock } }: Desk): readonly Route[] => [
  {
    method: 'GET',
    path: '/events',
    answer({ query }) {
      const after = events.after(Number(query.get('after') ?? 0))
      return {
        title: 'Events',
        section: 'events',
        data: { events: after },
        body: () => html`<p class="scope">The last events on this node, the newest first. The list goes on by itself.</p>
${live('event-list', 2, list(after.slice(0, mostShown), clock.now()))}`,
      }
    },
  },
]

const list = (events: readonly LoggedEvent[], now: number): Html =>
  events.length === 0
    ? empty(
        'Nothing has happened since this process started. Logins, ends, refused secrets and outages will stand here.',
      )
    : denseTable(
        'Events of this node',
        [
          { heading: 'Event', cell: ({ event }) => html`<code>${event}</code>` },
          { heading: 'When', cell: ({ at }) => moment(at, now) },
          {
            heading: 'Application',
            cell: ({ application }) => html`<a href="${paths.application(application)}">${application}</a>`,
          },
          { heading: 'Id', cell: idOf },
          { heading: 'Details', cell: ({ detail }) => detail },
        ],
        events,
      )

function idOf({ application, id, scope }: LoggedEvent): Html {
  if (id === undefined || (scope !== 'session' && scope !== 'client')) return html``
  return html`<a class="id" href="${paths.record(application, scope, id)}">${id}</a>`
}
