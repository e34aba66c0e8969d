import { vi } from 'vitest'
import { patienceMs } from './patience-ms.js'

/** Vitest's set-up for each file: `vi.waitFor` is as patient as `expect.poll`, which is told by the configuration. */
const { waitFor } = vi

if (waitFor.name !== 'waitPatientlyFor')
  vi.waitFor = function waitPatientlyFor(callback, options) {
    return waitFor(callback, typeof options === 'number' ? options : { timeout: patienceMs, ...options })
  }
