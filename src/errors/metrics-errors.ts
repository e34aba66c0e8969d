import { entry } from './entry.js'

/** The part of the error table that concerns metrics. */
export const metricsErrors = {
  METRICS_CLIENT_MISSING: entry<{ reason: string }>(
    500,
    (d) => `The package prom-client, which counts the metrics, cannot be loaded: ${d.reason}.`,
    'Run: npm install prom-client',
  ),
  METRICS_NOT_DECLARED: entry<object>(
    500,
    () => 'The configuration declares no metrics, so none are counted.',
    'Add an empty section to it: metrics: {}',
  ),
}
