import { overlap } from '../measure/statistics.js'
import { shortNumber } from './markdown.js'
import { addedBy, type Figure, peersOf, type Results } from './results.js'
import { wordings } from './wordings.js'

/** Sentences on each case in which a peer is better than one of ours: in CPU, in commands, in bytes. */
export function betterPeers(results: Results): readonly string[] {
  const ours = results.figures.filter(({ role }) => role === 'ours')
  return ours.flatMap((figure) => {
    const peers = peersOf(results, figure)
    const { command, server } = wordings[results.group]
    const sentences = [cpu(figure, peers), commands(figure, peers, command), bytes(figure, peers, server)]
    return sentences.flatMap((sentence) =>
      sentence ? [`${figure.workload}, \`${figure.contestant}\`: ${sentence}`] : [],
    )
  })
}

function cpu(figure: Figure, peers: readonly Figure[]): string | undefined {
  const better = peers.filter((peer) => addedBy(peer) < addedBy(figure))
  if (better.length === 0) return undefined
  const names = better.map((peer) => `${peer.contestant} ${shortNumber(addedBy(peer))}${noise(figure, peer)}`)
  return `it adds ${shortNumber(addedBy(figure))} µs of CPU, ${names.join(', ')}.`
}

const noise = (a: Figure, b: Figure) => (a.added && b.added && overlap(a.added, b.added) ? ' (within the noise)' : '')

function commands({ traffic }: Figure, peers: readonly Figure[], command: string): string | undefined {
  if (!traffic) return undefined
  const better = peers.filter((peer) => peer.traffic && peer.traffic.commands < traffic.commands)
  if (better.length === 0) return undefined
  const names = better.map((peer) => `${peer.contestant} ${shortNumber(peer.traffic?.commands ?? 0)}`)
  return `it sends ${shortNumber(traffic.commands)} ${command}s, ${names.join(', ')}.`
}

function bytes(figure: Figure, peers: readonly Figure[], server: string): string | undefined {
  const own = bytesOf(figure)
  const better = peers.filter((peer) => bytesOf(peer) < own)
  if (better.length === 0) return undefined
  const names = better.map((peer) => `${peer.contestant} ${bytesOf(peer).toFixed(0)}`)
  return `it moves ${own.toFixed(0)} bytes to and from ${server}, ${names.join(', ')}.`
}

const bytesOf = ({ traffic }: Figure) => (traffic ? traffic.sent + traffic.received : 0)
