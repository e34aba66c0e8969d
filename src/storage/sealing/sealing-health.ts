import type { DriverHealth } from '../contract.js'
import type { Encryption, SealingFigures } from './value-sealer.js'

/** The health of a driver, and how its values are sealed. All figures count from the start of this node. */
export function sealingHealth(
  health: DriverHealth,
  { keys, plain }: Encryption,
  figures: SealingFigures,
): DriverHealth {
  const { openedByOldKeys, readPlain, unopened } = figures
  return {
    ...health,
    warnings: [...health.warnings, ...plainWarnings[plain], ...unopenedWarnings(unopened)],
    details: {
      ...health.details,
      sealingKeys: keys.length,
      openedByOldKeys,
      readPlain,
      unopened: unopened['unknown key'] + unopened.damaged + unopened.plain,
    },
  }
}

const plainWarnings: Readonly<Record<Encryption['plain'], readonly string[]>> = {
  refuse: [],
  read: [
    'Values that are not sealed are read, so what writes to the store can plant them. When readPlain stays 0, write encrypt: { plain: refuse }.',
  ],
  write: ['Values are stored without being sealed. When every node has the keys, write encrypt: { plain: read }.'],
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
