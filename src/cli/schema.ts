import { configJsonSchema } from '../config/json-schema.js'
import { builtInDrivers } from '../drivers/registry.js'

export async function schema(): Promise<void> {
  process.stdout.write(`${JSON.stringify(configJsonSchema(builtInDrivers), null, 2)}\n`)
}
