import type { FoundRecord } from 'koa-scopes'
import { type Html, html } from '../../html/html.js'
import { announced, focused } from '../../html/notice.js'
import { time } from '../../html/time.js'
import type { Frame } from '../frame.js'
import { euros } from '../money.js'
import type { Order } from '../orders.js'
import { document } from './document.js'
import { buttonForm } from './form.js'

interface Account {
  readonly user: string
  readonly orders: readonly Order[]
  readonly devices: readonly FoundRecord[]
}

export const accountPage = (frame: Frame, { devices, orders, user }: Account): string =>
  document(
    frame,
    `Hello, ${user}`,
    html`
<section aria-labelledby="orders">
  <h2 id="orders">Your orders</h2>
  ${orders.length === 0 ? html`<p>None so far.</p>` : html`<ul class="lines">${orders.map(orderOf)}</ul>`}
</section>
<section aria-labelledby="devices">
  <h2 id="devices" tabindex="-1"${focused('devices', frame.notice)}>Where you are logged in</h2>
  ${announced(frame.notice, 'devices')}
  <ul class="lines">${devices.map((device) => deviceOf(frame, device))}</ul>
  ${buttonForm(frame, '/account/end-others', { id: 'end-others', verb: 'Log out everywhere else', look: 'plain' })}
</section>
<section aria-labelledby="here">
  <h2 id="here">This browser</h2>
  ${buttonForm(frame, '/logout', { id: 'logout', verb: 'Log out' })}
  ${buttonForm(frame, '/account/forget', { id: 'forget', verb: 'Forget my name and what I viewed', look: 'plain' })}
</section>`,
  )

const orderOf = ({ cents, number, placedAt }: Order): Html => html`
<li>
  <h3><a href="/orders/${number}">${number}</a></h3>
  <p>${time(new Date(placedAt))}</p>
  <p class="price">${euros(cents)}</p>
</li>`

const deviceOf = (frame: Frame, { current, description, id, lastVisit }: FoundRecord): Html => {
  const device = String(description?.device ?? 'unknown device')
  return html`
<li>
  <h3>${device}</h3>
  <p>${String(description?.address ?? 'unknown address')}, last seen ${time(lastVisit)}</p>
  ${
    current
      ? html`<p><strong>This device</strong></p>`
      : buttonForm(
          frame,
          '/account/end-device',
          { id: `end-${id}`, verb: 'Log out', about: device, look: 'plain' },
          html`<input type="hidden" name="id" value="${id}">`,
        )
  }
</li>`
}
