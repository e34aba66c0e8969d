import { FirstTimes } from '../support/first-times.js'
import type { Logger } from '../support/logger.js'
import type { Exchange } from './carrier.js'

const forwarding = /^(x-)?forwarded/

/**
 * Finds out that TLS ends in a proxy which this server does not trust: then requests look insecure, and Secure cookies
 * cannot be sent. Each warning comes once.
 */
export class ProxyAdvice {
  readonly #log: Logger
  readonly #warned = new FirstTimes()

  constructor(log: Logger) {
    this.#log = log
  }

  /** To be asked with every request. */
  look({ req, secure }: Exchange): void {
    if (!secure && req.headers['x-forwarded-proto'] === 'https')
      this.#warn(
        'requests come with X-Forwarded-Proto: https, which is not trusted: set server.proxy: true if it is a proxy of yours',
      )
  }

  /** The request is not secure, and came through a proxy: what this server knows of TLS is not what the visitor has. */
  hidesSecurity({ req, secure }: Exchange): boolean {
    if (secure || !Object.keys(req.headers).some((name) => forwarding.test(name))) return false
    this.#warn(
      'no cookie is sent: it needs TLS, which a proxy in front may have; set server.proxy: true to trust its headers',
    )
    return true
  }

  #warn(message: string): void {
    if (this.#warned.isFirst(message)) this.#log.warn(message)
  }
}
