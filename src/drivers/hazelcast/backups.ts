import type { HazelcastClient } from './client.js'

/** What the client keeps of a request under way; not a part of its public interface. */
interface Invocation {
  readonly backupsAcksExpected: number
  readonly backupsAcksReceived: number
}

/**
 * How many members beside the first confirmed the write that `write` sends. The client has no public way to say it, and
 * clients cannot read the members' configuration. undefined if this version of the client does not let it be seen.
 */
export async function backupsOf(client: HazelcastClient, write: () => Promise<unknown>): Promise<number | undefined> {
  const answer = write()
  const invocation = lastUnderWay(client)
  await answer
  return invocation && Math.max(invocation.backupsAcksExpected, invocation.backupsAcksReceived, 0)
}

function lastUnderWay(client: HazelcastClient): Invocation | undefined {
  const { invocationService } = client as { invocationService?: { pending?: unknown } }
  const pending = invocationService?.pending
  const last: unknown = pending instanceof Map ? [...pending.values()].at(-1) : undefined
  return isInvocation(last) ? last : undefined
}

const isInvocation = (value: unknown): value is Invocation =>
  typeof value === 'object' && value !== null && 'backupsAcksExpected' in value && 'backupsAcksReceived' in value
