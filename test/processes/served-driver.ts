/** A process that opens the driver named in argv[2] with the options in argv[3] and serves it to its parent. */
import { builtInDrivers } from '../../src/drivers/registry.js'
import { serveDriver } from '../../src/testing/index.js'

const [, , name = '', options = '{}'] = process.argv
const definition = builtInDrivers.get(name)
if (!definition || !('create' in definition)) throw new TypeError(`There is no driver ${name}`)
const environment = { cache: 'served', directory: process.cwd(), onEvicted() {} }
const driver = await definition.create(definition.options.parse(JSON.parse(options)), environment)
await driver.open()
serveDriver(driver)
