import type { EndReason } from '../history.js'
import type { Rule } from '../judgement.js'
import type { Session } from '../session.js'

/** Every session ends, and its handler is told, until it has done its work or has failed for the last time. */
export const everyEnd: Rule = ({ begun, history, sessions }) => {
  const unhandled = begun.filter((session) => !isHandled(session))
  const strangers = history.ends.filter(({ phase, session }) => phase === 'begun' && !sessions.has(session))
  return {
    rule: 'every end is handled, and no other',
    counts: `${begun.length} sessions begun, ${begun.length - unhandled.length} ends handled`,
    broken: [
      ...unhandled.map(({ name, lines }) => `${name}: ${lines.length === 0 ? 'no end' : 'its handler never finished'}`),
      ...strangers.map(({ session, at }) => `${session}: the end of a session that nobody began, at ${at}`),
    ],
  }
}

function isHandled({ lines, terms }: Session): boolean {
  const last = lines.findLast(({ phase }) => phase !== 'begun')
  return last?.phase === 'done' || (last?.phase === 'threw' && last.attempt >= terms.mostAttempts)
}

/** What the handler is told is what has happened. */
export const trueReasons: Rule = ({ begun }) => {
  const counts = new Map<EndReason, number>()
  const broken: string[] = []
  for (const session of begun) {
    const { firstEnd } = session
    if (!firstEnd) continue
    const { at, reason } = firstEnd
    counts.set(reason, (counts.get(reason) ?? 0) + 1)
    if (!isTrue(session, reason, at)) broken.push(`${session.name}: ${reason} at ${at}`)
  }
  const told = [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([reason, count]) => `${count} ${reason}`)
  return { rule: 'the reason of an end is true, and no session expires early', counts: told.join(', '), broken }
}

function isTrue(session: Session, reason: EndReason, at: number): boolean {
  const { toleranceMs } = session.terms
  if (reason === 'timeout' || reason === 'lifetime') return session.life.earliestEnd({ start: at, end: at }) <= at
  return session.causes.some((cause) => cause.reason === reason && cause.start <= at + toleranceMs)
}
