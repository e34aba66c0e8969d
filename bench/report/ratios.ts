import { addedBy, bestPeer, type Figure, figureIn, isClear, type Results } from './results.js'

/** The CPU that ours add, as a multiple of one command and of the best peer: figures independent of the machine's speed. */
export function ratiosOf(results: Results): ReadonlyMap<string, number> {
  const ours = results.figures.filter(({ role }) => role === 'ours')
  return new Map(ours.flatMap((figure) => [...ratios(figure, results)]))
}

function* ratios(figure: Figure, results: Results): Generator<[string, number]> {
  const { contestant, workload } = figure
  const references = {
    'one command': figureIn(results)('one command', workload),
    'the best peer': bestPeer(results, workload),
  }
  for (const [name, reference] of Object.entries(references)) {
    if (reference && isClear(reference)) {
      yield [`${workload} | ${contestant} | ${name}`, addedBy(figure) / addedBy(reference)]
    }
  }
}
