import type { HazelcastCluster, HazelcastMember } from '../../support/hazelcast-members.js'
import type { StoreServer } from '../topology.js'

/** A member that may be killed, and started again without what it had. */
export class HazelcastProcess implements StoreServer {
  readonly port: number
  readonly #cluster: HazelcastCluster
  readonly #place: number

  /** At a place of the cluster's addresses. */
  constructor(cluster: HazelcastCluster, place: number) {
    this.port = Number(cluster.addresses[place]?.split(':')[1])
    this.#cluster = cluster
    this.#place = place
  }

  get isRunning(): boolean {
    return this.#member !== undefined
  }

  async start(): Promise<void> {
    await this.#cluster.start(this.#place)
  }

  async kill(): Promise<void> {
    await this.#member?.kill()
  }

  async pause(): Promise<void> {
    process.kill(this.#pid, 'SIGSTOP')
  }

  async resume(): Promise<void> {
    process.kill(this.#pid, 'SIGCONT')
  }

  stop(): Promise<void> {
    return this.kill()
  }

  /** Whether all members have made the backups that the configuration demands. */
  async isSafe(): Promise<boolean> {
    return (await this.#member?.isSafe()) === true
  }

  get #member(): HazelcastMember | undefined {
    return this.#cluster.members.find(({ port }) => port === this.port)
  }

  get #pid(): number {
    const { pid } = this.#member ?? {}
    if (pid === undefined) throw new RangeError(`No member runs on port ${this.port}`)
    return pid
  }
}
