import type { DriverHealth } from '../contract.js'
import type { Encryption, SealingFigures } from './value-sealer.js'

/**
 * The health of a driver, and how its values are sealed. The figures count from the start of this node; a process that is no node
 * has none, because its zeros would look like those of the nodes.
 */
export function sealingHealth(
  health: DriverHealth,
  { keys, plain }: Encryption,
  figures: SealingFigures | undefined,
): DriverHealth {
  return {
    ...health,
    warnings: [...health.warnings, ...plainWarnings[plain], ...(figures ? unopenedWarnings(figures.unopened) : [])],
    details: { ...health.details, sealingKeys: keys.length, ...(figures && countsOf(figures)) },
  }
}

const countsOf = ({ openedByOldKeys, readPlain, unopened }: SealingFigures) => ({
  openedByOldKeys,
  readPlain,
  unopened: unopened['unknown key'] + unopened.damaged + unopened.plain,
})

const plainWarnings: Readonly<Record<Encryption['plain'], readonly string[]>> = {
  refuse: [],
  read: [
    'Values that are not sealed are read, so what writes to the store can plant them. When readPlain, which each node counts in its own health(), stays 0 on all nodes for the longest timeout, write encrypt: { plain: refuse }.',
  ],
  write: [
    'Values are stored without being sealed. When every node has the keys, write encrypt: { plain: read }; when switching off, leave encrypt out once no sealed value is left, after the longest timeout.',
  ],
}

function unopenedWarnings(unopened: SealingFigures['unopened']): string[] {
  const counted = [
    [unopened['unknown key'], 'sealed with a key that is not configured'],
    [unopened.damaged, 'damaged or sealed for another place'],
    [unopened.plain, 'not sealed'],
  ] as const
  const found = counted.flatMap(([count, what]) => (count > 0 ? [`${count} ${what}`] : []))
  return found.length > 0 ? [`Values that were not opened since the start: ${found.join(', ')}.`] : []
}
