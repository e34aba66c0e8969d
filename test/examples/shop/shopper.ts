import { join } from 'node:path'
import { shop } from '../../../examples/shop/application.js'
import type { Container } from '../../../src/container/container.js'
import type { ContainerOptions } from '../../../src/container/create-container.js'
import { quietContainer } from '../../support/container.js'
import { type Answer, serveContainer, Visitor } from '../../support/visitor.js'

const file = 'examples/shop/app.config.yaml'

/** A node of the shop, with the configuration of the example and its stores in this folder. */
export class ShopNode {
  readonly url: string
  readonly container: Container
  readonly stop: () => Promise<void>

  private constructor(url: string, container: Container, stop: () => Promise<void>) {
    this.url = url
    this.container = container
    this.stop = stop
  }

  static async start(folder: string, options: ContainerOptions = {}): Promise<ShopNode> {
    const application = shop(join(folder, 'orders.jsonl'))
    const env = { SHOP_DATA: folder, PORT: '0' }
    const container = await quietContainer(file, { applications: { shop: application }, env, ...options })
    const { close, url } = await serveContainer(container)
    return new ShopNode(url, container, async () => {
      await close()
      await container.close()
    })
  }
}

/** A browser that sends the forms of the pages that it has opened. */
export class Shopper {
  readonly visitor = new Visitor()
  readonly #node: () => ShopNode
  page = ''

  constructor(node: () => ShopNode) {
    this.#node = node
  }

  async open(path: string): Promise<Answer> {
    const answer = await this.visitor.get(this.#node().url, path)
    this.page = answer.text
    return answer
  }

  /** Sends a form with the token of the page. */
  send(action: string, fields: Record<string, string> = {}, headers: Record<string, string> = {}): Promise<Answer> {
    const token = /name="_csrf" value="([^"]+)"/.exec(this.page)?.[1] ?? ''
    const body = new URLSearchParams({ _csrf: token, ...fields })
    return this.visitor.get(this.#node().url, action, { method: 'POST', body, headers })
  }

  /** Sends a form, and opens the page that follows. */
  async submit(action: string, fields: Record<string, string> = {}): Promise<Answer> {
    const answer = await this.send(action, fields)
    this.page = answer.text
    const location = answer.headers.get('location')
    return location ? this.open(location) : answer
  }

  async add(...products: readonly string[]): Promise<void> {
    await this.open('/')
    for (const product of products) await this.submit('/cart/add', { product, from: 'catalogue' })
  }

  async login(name = 'anna', password = 'one lump or two'): Promise<Answer> {
    await this.open('/login')
    return this.submit('/login', { name, password })
  }
}

/** The text that the page announces. */
export const announcedOn = (page: string): string => /role="status">([^<]*)</.exec(page)?.[1] ?? ''
