import type { StoredRecord } from '../../storage/contract.js'
import { isLive, touched } from '../../storage/record.js'
import { PacedWarnings } from '../../support/paced-warnings.js'
import type { SealedEnvironment } from '../environment.js'
import type { Credential } from '../record/credential.js'
import { slackOf, withoutSlack } from '../record/idle-slack.js'
import type { OpenRecord } from '../record/open-record.js'
import { provisionalHead } from '../record/record-change.js'
import { withReplaced } from '../record/replaced-seals.js'
import { StoredIdle } from '../record/stored-idle.js'
import type { OpenResult, Strategy } from '../record/strategy.js'
import { unpackedContent } from './content.js'
import { Revocations } from './revocations.js'
import { newSerial, type SealedNode, SealedRecord } from './sealed-record.js'
import { Sealer } from './sealer.js'

/** How far ahead the clock of the node that sealed a text may be. */
const mostAheadMs = 60_000

/**
 * The record lives in its visitor's cookie: a request opens the sealed text, and a save seals another one, which the response
 * carries. No node keeps anything. So of parallel requests the response that arrives last wins as a whole, and a copied text
 * opens until it expires, or until it is revoked if the scope has revocations.
 */
export class Sealed implements Strategy {
  readonly sealed = true
  readonly idle: StoredIdle
  readonly #node: SealedNode

  /** `end` is called when a request has ended its record. */
  constructor(environment: SealedEnvironment, end: (record: StoredRecord) => Promise<void>) {
    const { application, kind: scope, sealing, settings } = environment
    this.idle = new StoredIdle(settings, true) // a visit is noted by a fresh text, and not every response carries one
    const { cookie, keys, revocations } = sealing
    const warnings = new PacedWarnings(environment.clock)
    this.#node = {
      environment,
      sealer: new Sealer(keys, { application, scope, cookie }),
      revocations: revocations && new Revocations(revocations, environment),
      end,
      cannotRenew: ({ code, details: { id, largest, letters, mostLetters } }) => {
        const before = warnings.before(code)
        const fields = { scope, code, id, letters, mostLetters, largest, before }
        if (before !== undefined)
          environment.log.warn(fields, 'a record no longer fits its cookie, so it does not slide')
      },
    }
  }

  /** Opens a sealed text. Without one there is nothing to open. */
  async open(_: string, text?: string): Promise<OpenResult> {
    const { clock, newVersion } = this.#node.environment
    const unsealed = text === undefined ? undefined : this.#node.sealer.open(text)
    if (text === undefined || !unsealed) return { status: 'missing' }
    const now = clock.now()
    const { head: sealedHead, attributes, longest } = unpackedContent(unsealed.content)
    const head = {
      ...sealedHead,
      id: unsealed.id,
      version: newVersion(),
      replaced: null,
      description: null,
      ending: null,
    }
    const { touchedAt: lastVisit } = head
    if (!isLive(head, now) || lastVisit > now + mostAheadMs) return { status: 'missing' }
    const revoked = await this.#node.revocations?.find(head.id, head.seal)
    if (revoked === 'ended') return { status: 'missing' }
    if (revoked !== undefined) return { status: 'refused', replaced: withReplaced(null, text, revoked) }
    const isRenewalDue = !unsealed.isCurrent || now - lastVisit >= slackOf(withoutSlack(head.idleMs))
    const accessed = touched(head, { touchedAt: now, hits: 1 })
    const opening = { lastVisit, isRenewalDue, longest }
    return { status: 'opened', record: new SealedRecord(this.#node, accessed, attributes, opening) }
  }

  create({ id }: Credential): OpenRecord {
    const { environment } = this.#node
    const idleMs = this.idle.of(environment.settings.timeoutMs)
    return new SealedRecord(this.#node, provisionalHead(environment, id, newSerial(), idleMs), new Map())
  }
}
