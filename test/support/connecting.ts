import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import type { Connection, ConnectOptions } from '../../src/koa/connect.js'
import type { OpenScopes } from './shop.js'
import type { Node } from './test-store.js'
import type { Visitor } from './visitor.js'

/** An upgrade request as a server of Node's gives it, with the cookies of a visitor. */
export function upgradeRequest(visitor?: Visitor, headers: Record<string, string> = {}): IncomingMessage {
  const request = new IncomingMessage(new Socket())
  const cookie = [...(visitor?.cookies ?? [])].map(([name, value]) => `${name}=${value}`).join('; ')
  Object.assign(request, { method: 'GET', url: '/live', httpVersion: '1.1' })
  Object.assign(request.headers, { host: 'shop.example', upgrade: 'websocket', ...(cookie && { cookie }), ...headers })
  return request
}

/** A live connection of this visitor to a node. */
export const connected = (
  { app }: Node,
  visitor?: Visitor,
  options?: ConnectOptions<OpenScopes>,
): Promise<Connection<OpenScopes>> => app.connect(upgradeRequest(visitor), options)
