import { overlap } from '../measure/statistics.js'
import type { Traffic } from '../traffic/counting-proxy.js'
import { shortNumber } from './markdown.js'
import { addedBy, bestPeer, type Figure, figureIn, isClear, type Results } from './results.js'
import { spread } from './spread.js'

interface Verdict {
  /** The measured value, and the target. */
  readonly text: string
  /** Absent: shown without a target. */
  readonly status?: Status
}

/** Unclear: too few rounds, or too much noise in the reference. */
type Status = 'met' | 'not met' | 'unclear'
type Judged = Required<Verdict>

/** undefined if the reference was not measured. */
export type Claim = (figure: Figure, results: Results) => Verdict | undefined

/** With fewer rounds only exact values are judged. */
const fewestRounds = 3
/** The bytes for two sizes of session may differ by the digits of a number in them. */
const sameBytes = 8

/** Without a target: the cost of bare commands is mostly noise, and that of a write to LMDB no peer has. */
export function besideCommand(reference: 'one command' | 'two commands' | 'one LMDB write'): Claim {
  return (figure, results) => {
    const floor = figureIn(results)(reference, figure.workload)
    return floor && { text: `${(addedBy(figure) / addedBy(floor)).toFixed(2)} x ${reference}` }
  }
}

/** Microseconds. */
export function atMost(most: number): Claim {
  return ({ added }, { rounds }) =>
    added && verdict(`${spread(added)} µs (at most ${most})`, added.median <= most, rounds >= fewestRounds)
}

export function ofBestPeer(most: number): Claim {
  return (figure, results) => {
    const peer = bestPeer(results, figure.workload)
    return ratioTo(figure, peer, most, `x ${peer?.contestant}`, results)
  }
}

export function ofPeer(name: string, most: number): Claim {
  return (figure, results) => {
    const peer = figureIn(results)(name, figure.workload)
    return ratioTo(figure, peer, most, `x ${name}`, results)
  }
}

function ratioTo(figure: Figure, reference: Figure | undefined, most: number, unit: string, { rounds }: Results) {
  if (!reference) return undefined
  const ratio = addedBy(figure) / addedBy(reference)
  const text = `${ratio.toFixed(2)} ${unit} (at most ${most.toFixed(2)})`
  return verdict(text, ratio <= most, rounds >= fewestRounds && isClear(reference))
}

/** It adds no CPU beyond the noise of the rounds. */
export const likeBare: Claim = ({ added }, { rounds }) =>
  added && verdict(`${spread(added)} µs over bare Koa (within the noise)`, added.low <= 0, rounds >= fewestRounds)

export const noWorseThanPeers: Claim = (figure, results) => {
  const peer = bestPeer(results, figure.workload)
  return peer && noMoreThan(figure, peer, peer.contestant, results)
}

/** The size of the session makes no difference: in CPU none beyond the noise, in bytes none. */
export function likeSmallest(what: string): Claim {
  return (figure, results) => {
    const smallest = figureIn(results)(figure.contestant, `0.5 KB, ${what}`)
    const cpu = smallest && noMoreThan(figure, smallest, '0.5 KB', results)
    if (!cpu) return undefined
    const bytes = bytesOf(figure) - bytesOf(smallest)
    const more = bytes < 0 ? `${shortNumber(-bytes)} bytes fewer` : `${shortNumber(bytes)} bytes more`
    return { text: `${cpu.text}; ${more}`, status: bytes <= sameBytes ? cpu.status : 'not met' }
  }
}

function noMoreThan(figure: Figure, other: Figure, name: string, { rounds }: Results): Judged | undefined {
  if (!figure.added || !other.added) return undefined
  const text = `${spread(figure.added)} µs, ${name} ${spread(other.added)} (no more, or within the noise)`
  const isMet = addedBy(figure) <= addedBy(other) || overlap(figure.added, other.added)
  return verdict(text, isMet, rounds >= fewestRounds)
}

const bytesOf = ({ traffic }: Figure) => (traffic ? traffic.sent + traffic.received : 0)

/** At most `commands` commands, and fewer bytes than `sent` and `received`. */
export function traffic({ commands, sent = Infinity, received = Infinity }: Partial<Traffic>): Claim {
  return ({ traffic: found }) => {
    if (!found) return undefined
    const text = `${shortNumber(found.commands)} (at most ${commands}); ${found.sent.toFixed(0)} B out, ${found.received.toFixed(0)} B back`
    const isMet = found.commands <= (commands ?? Infinity) && found.sent < sent && found.received < received
    return verdict(text, isMet)
  }
}

function verdict(text: string, isMet: boolean, isJudged = true): Judged {
  const judged = isMet ? 'met' : 'not met'
  return { text, status: isJudged ? judged : 'unclear' }
}
