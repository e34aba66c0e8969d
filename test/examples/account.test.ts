import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import application from '../../examples/account/application.js'
import { ManualClock } from '../../src/testing/manual-clock.js'
import { quietContainer } from '../support/container.js'
import { serveContainer, Visitor } from '../support/visitor.js'

const minute = 60_000
const day = 24 * 60 * minute
let url: string
let clock: ManualClock

beforeEach(async () => {
  clock = new ManualClock()
  vi.useFakeTimers({ toFake: ['Date'], now: clock.now() })
  const remember = { timeout: '30d' } as const
  const container = await quietContainer(
    { applications: { account: { session: { remember } } } },
    { applications: { account: application }, clock },
  )
  const server = await serveContainer(container)
  url = server.url
  onTestFinished(async () => {
    await server.close()
    await container.close()
    vi.useRealTimers()
  })
})

function skip(ms: number): void {
  clock.jump(ms)
  vi.setSystemTime(clock.now())
}

/** A browser that sends the forms of its pages. */
class Browser {
  readonly #visitor = new Visitor()
  readonly #agent: string
  page = ''

  constructor(agent: string) {
    this.#agent = agent
  }

  async open(path = '/'): Promise<string> {
    const { text } = await this.#visitor.get(url, path, { headers: { 'user-agent': this.#agent } })
    this.page = text
    return text
  }

  /** Sends a form, and opens the page that the answer leads to. Returns the status. */
  async send(action: string, fields: Record<string, string> = {}): Promise<number> {
    const token = /name="_csrf" value="([^"]+)"/.exec(this.page)?.[1] ?? ''
    const answer = await this.#visitor.get(url, `/${action}`, {
      method: 'POST',
      headers: { 'user-agent': this.#agent },
      body: new URLSearchParams({ _csrf: token, ...fields }),
    })
    const location = answer.headers.get('location')
    if (location) await this.open(new URL(location, `${url}/${action}`).pathname)
    return answer.status
  }

  async login(password = 'secret', fields: Record<string, string> = {}): Promise<this> {
    await this.open()
    await this.send('login', { name: 'anna', password, ...fields })
    return this
  }
}

describe('the account example', () => {
  it('118. lists the devices, and logs out another one or all', async () => {
    const phone = await new Browser('Phone <b>').login()
    const desk = await new Browser('Desk').login()
    const other = await new Browser('Other').login()
    await desk.open()
    expect(desk.page).toContain('<h3>Phone &lt;b&gt;</h3>')
    expect(desk.page.match(/this device/g)).toHaveLength(1)
    const forms = desk.page.split('<h3>').find((part) => part.startsWith('Phone')) ?? ''
    const id = /name="id" value="([^"]+)"/.exec(forms)?.[1] ?? ''
    await desk.send('end-device', { id })
    expect(desk.page).toContain('That device is logged out.')
    expect(await phone.open()).toContain('>Log in</h1>')
    await desk.send('end-others')
    expect(desk.page).toContain('One other device is logged out.')
    expect(await other.open()).toContain('>Log in</h1>')
  })

  it('119. an id of another user ends nothing', async () => {
    const phone = await new Browser('Phone').login()
    const desk = await new Browser('Desk').login()
    const id = /name="id" value="([^"]+)"/.exec(desk.page)?.[1] ?? ''
    expect(id).not.toBe('')
    const berta = await new Browser('Berta').login('secret', { name: 'berta' })
    await berta.send('end-device', { id })
    expect(await phone.open()).toContain('Hello, anna')
    await desk.send('end-device', { id })
    expect(await phone.open()).toContain('>Log in</h1>')
  })

  it('115. remembers who asks for it', async () => {
    const remembered = await new Browser('A').login('secret', { remember: 'on' })
    const others = await new Browser('B').login()
    skip(20 * day)
    expect(await remembered.open()).toContain('Hello, anna')
    expect(await others.open()).toContain('>Log in</h1>')
  })

  it('117. asks for the password again, and a change of it logs the others out', async () => {
    const browser = await new Browser('A').login()
    const other = await new Browser('B').login()
    skip(10 * minute)
    expect(await browser.open('/password')).toContain('Enter your password again')
    expect(await browser.send('password', { password: 'better' })).toBe(403)
    await browser.open('/password')
    await browser.send('confirm', { password: 'wrong' })
    expect(browser.page).toContain('That is not your password.')
    await browser.send('confirm', { password: 'secret' })
    expect(browser.page).toContain('New password')
    await browser.send('password', { password: 'better' })
    expect(browser.page).toContain('Your password is changed')
    expect(await other.open()).toContain('>Log in</h1>')
    expect((await new Browser('C').login('secret')).page).toContain('There is no such name')
    expect((await new Browser('D').login('better')).page).toContain('Hello, anna')
  })

  it('114. refuses a form without its token', async () => {
    const browser = await new Browser('A').login()
    browser.page = ''
    expect(await browser.send('logout')).toBe(403)
    expect(await browser.open()).toContain('Hello, anna')
  })
})
