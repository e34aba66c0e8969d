import { isSealing } from '../../drivers/definition.js'
import type { Check } from './check.js'

/** Checks that `encrypt` is where it has an effect: at a cache whose values leave this process. */
export const checkEncryption: Check = function* ({ config }) {
  for (const { name, driver, encrypt, options } of config.caches.values()) {
    if (!encrypt) continue
    const path = ['caches', name, 'encrypt']
    const because = [['caches', name, 'driver']]
    const { reach, durable } = driver.capabilities(options)
    if (isSealing(driver))
      yield {
        path,
        problem: `This has no effect: the driver ${driver.name} seals whole records, with keys of its own.`,
        remedy: 'Remove it, and write the keys as keys: of the cache.',
        because,
      }
    else if (reach === 'process' && !durable)
      yield {
        path,
        problem: `This has no effect: what the cache ${name} (${driver.name}) holds never leaves this process.`,
        remedy: 'Remove it.',
        because,
      }
  }
}
