import { connect as connectSocket, Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'
import { passwordFrom, type Secret } from '../network/secret.js'

type Ioredis = typeof import('ioredis')
type ConnectorClasses = Pick<Ioredis, 'AbstractConnector' | 'SentinelConnector'>
type Emit = Parameters<InstanceType<Ioredis['SentinelConnector']>['connect']>[0]

/**
 * A password that is asked again for every new connection. ioredis reads its option before its connector connects, and makes a text of it
 * when it authenticates. So the option is this object, which gives what was asked for last.
 */
export class AskedPassword {
  readonly #secret: Secret
  #last = ''

  constructor(secret: Secret) {
    this.#secret = secret
  }

  async ask(): Promise<void> {
    this.#last = (await passwordFrom(this.#secret)) ?? ''
  }

  toString(): string {
    return this.#last
  }
}

/** A connector of ioredis that asks for the passwords first. If one cannot be had, the connection fails, and is tried again. */
export function askingConnector(
  { AbstractConnector, SentinelConnector }: ConnectorClasses,
  passwords: readonly AskedPassword[],
  isSentinel: boolean,
) {
  const whyNot = (): Promise<Error | undefined> =>
    Promise.all(passwords.map((password) => password.ask())).then(
      () => undefined,
      (error: Error) => error,
    )

  class Standalone extends AbstractConnector {
    readonly #options: Place

    constructor(options: unknown) {
      const place = options as Place
      super(place.disconnectTimeout)
      this.#options = place
    }

    async connect(): Promise<Socket> {
      this.connecting = true
      const reason = await whyNot()
      if (!this.connecting) throw new Error(closed)
      if (reason) {
        this.firstError = reason
        return lost()
      }
      this.stream = socketTo(this.#options)
      this.stream.once('error', (error) => {
        this.firstError = error
      })
      return this.stream
    }
  }

  class OfSentinels extends SentinelConnector {
    override async connect(emit: Emit): Promise<Socket> {
      this.connecting = true
      const reason = await whyNot()
      if (!this.connecting) throw new Error(closed)
      if (!reason) return super.connect(emit)
      this.firstError = reason
      return lost()
    }
  }

  return (isSentinel ? OfSentinels : Standalone) as new (
    options: unknown,
  ) => InstanceType<Ioredis['AbstractConnector']>
}

/** The words of ioredis for a connection that was given up meanwhile. */
const closed = 'Connection is closed.'

/** For ioredis a connection that was lost as soon as it was made. */
const lost = (): Socket => new Socket().destroy()

/** Where a server is, as options of ioredis. */
interface Place {
  readonly host?: string
  readonly port?: number
  readonly path?: string
  readonly family?: number
  readonly tls?: ConnectionOptions
  readonly disconnectTimeout: number
}

function socketTo({ family, host, path, port = 6379, tls }: Place): Socket {
  const place = path ? { path } : { port, ...(host !== undefined && { host }), ...(family !== undefined && { family }) }
  return tls ? connectTls({ ...place, ...tls }) : connectSocket(place)
}
