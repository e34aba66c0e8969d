import { wait } from '../../support/clock.js'
import { systemClock } from '../../support/steady-clock.js'
import type { HazelcastClient } from './client.js'

/*
 * What the client does after each reconnection. It is no part of its public interface: a client that has no such function is
 * left as it is.
 */

interface StateSender {
  sendStateToCluster(): Promise<void>
  getLifecycleService(): { isRunning(): boolean }
}

const pauseMs = 50

/**
 * Makes the client pause before it sends its state again. If the connection breaks while it sends its state to the cluster,
 * hazelcast-client 5.6 tries again at once, and as requests fail at once without a connection, it would do nothing else: the process
 * would hang for ever.
 */
export function paceStateSending(client: HazelcastClient): void {
  if (!isStateSender(client)) return
  const send = client.sendStateToCluster.bind(client)
  const lifecycle = client.getLifecycleService()
  client.sendStateToCluster = async () => {
    try {
      await send()
    } catch (error) {
      await wait(systemClock, pauseMs)
      // A client that was shut down would try for ever too.
      if (!lifecycle.isRunning()) await new Promise(() => {})
      throw error
    }
  }
}

const isStateSender = (client: object): client is StateSender =>
  'sendStateToCluster' in client &&
  typeof client.sendStateToCluster === 'function' &&
  'getLifecycleService' in client &&
  typeof client.getLifecycleService === 'function'
