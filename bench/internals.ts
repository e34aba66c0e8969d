/*
 * Modules of the built package that it does not export, for measurements that are only possible inside it.
 */
const root = new URL('./', import.meta.resolve('koa-scopes'))
const inside = (path: string) => import(new URL(path, root).href)

export const { createCodec }: typeof import('../dist/codec/create.js') = await inside('codec/create.js')
export const { builtInDrivers }: typeof import('../dist/drivers/registry.js') = await inside('drivers/registry.js')
export const { Keyspace }: typeof import('../dist/drivers/redis/keys.js') = await inside('drivers/redis/keys.js')
export const { presentedCookies }: typeof import('../dist/http/presented-cookies.js') =
  await inside('http/presented-cookies.js')
export const { Attributes }: typeof import('../dist/scopes/attributes/attributes.js') = await inside(
  'scopes/attributes/attributes.js',
)
export const { leadOf }: typeof import('../dist/scopes/attributes/place.js') =
  await inside('scopes/attributes/place.js')
export const { Values }: typeof import('../dist/scopes/attributes/values.js') =
  await inside('scopes/attributes/values.js')
export const { Sealer }: typeof import('../dist/scopes/sealed/sealer.js') = await inside('scopes/sealed/sealer.js')
export const { ValueSealer }: typeof import('../dist/storage/sealing/value-sealer.js') = await inside(
  'storage/sealing/value-sealer.js',
)
export const { formatCredential, newCredential, sealOf }: typeof import('../dist/scopes/record/credential.js') =
  await inside('scopes/record/credential.js')
