import type { HazelcastClient } from './client.js'

/*
 * What the client keeps of its requests. It is no part of its public interface, so nothing but a figure of `health` depends
 * on it: clients cannot read the members' configuration in another way.
 */

interface Answer {
  getNumberOfBackupAcks(): number
}

interface Invocation {
  notify(answer: Answer): void
  complete(answer: Answer): void
}

interface InvocationService {
  backupAckToClientEnabled: boolean
  readonly pending: ReadonlyMap<unknown, Invocation>
}

/**
 * How many backups the write has that `write` sends: a member says so if it need not wait for them. undefined if this
 * version of the client does not let it be seen.
 */
export async function backupsOf(client: HazelcastClient, write: () => Promise<unknown>): Promise<number | undefined> {
  const { invocationService: service } = client as { invocationService?: unknown }
  if (!isInvocationService(service)) {
    await write()
    return undefined
  }
  const last = () => [...service.pending.values()].at(-1)
  let backups: number | undefined
  const before = last()
  service.backupAckToClientEnabled = true
  const written = write()
  service.backupAckToClientEnabled = false
  const invocation = last()
  // Until there is a connection to the member in charge, it is sent later.
  if (invocation && invocation !== before)
    invocation.notify = (answer) => {
      backups = answer.getNumberOfBackupAcks()
      invocation.complete(answer)
    }
  await written
  return backups
}

const isInvocationService = (service: unknown): service is InvocationService =>
  typeof service === 'object' &&
  service !== null &&
  'backupAckToClientEnabled' in service &&
  'pending' in service &&
  service.pending instanceof Map
