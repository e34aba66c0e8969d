import type { Rule } from '../judgement.js'
import type { Session } from '../session.js'

/** A session has one end, unless it went on under another id: then the record before has expired, and never had a principal. */
export const soleHeirs: Rule = ({ begun, history: { terms } }) => {
  const heirs = begun.filter(({ linesOfOrphans }) => linesOfOrphans.length > 0)
  return {
    rule: 'a session ends once, and goes on under another id only as documented',
    counts: `${heirs.length} went on`,
    broken: heirs.flatMap((session) => {
      const fault = terms.hasHeirs ? faultOf(session) : 'ended twice'
      return fault === undefined ? [] : [`${session.name}: ${fault}`]
    }),
  }
}

function faultOf({ linesOfOrphans, logins }: Session): string | undefined {
  const ends = linesOfOrphans.filter(({ phase }) => phase === 'begun')
  const cause = ends.find(({ reason }) => reason !== 'timeout')
  if (cause) return `went on after it was ${cause.reason}`
  const [first] = logins
  return first && ends.some(({ at }) => first.end < at) ? 'went on, though it had a principal' : undefined
}
