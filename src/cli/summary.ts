import type { CacheConfig, Config, ScopeConfig } from '../config/config.js'
import { isSealing } from '../drivers/definition.js'

/** A configuration for a program to read. The options of drivers are left out, because they have passwords in them. */
export const summaryOf = ({ applications, caches, server, source }: Config): object => ({
  source,
  isValid: true,
  server,
  caches: [...caches.values()].map(cacheSummary),
  applications: [...applications.values()].map(({ client, host, module, mount, name, session }) => ({
    name,
    mount,
    host: host ?? null,
    module: module ?? null,
    ...(session && { session: scopeSummary(session) }),
    ...(client && { client: scopeSummary(client) }),
  })),
})

const cacheSummary = ({ deadlineMs, driver, encrypt, name, options, storage }: CacheConfig): object => ({
  name,
  driver: driver.name,
  storage,
  deadlineMs,
  isSealed: isSealing(driver),
  isEncrypted: encrypt !== undefined,
  capabilities: driver.capabilities(options),
})

const scopeSummary = ({
  backup,
  cluster,
  cookie,
  fallback,
  lifetimeMs,
  limit,
  storage,
  timeoutMs,
  transient,
}: ScopeConfig): object => ({
  storage,
  ...(fallback !== undefined && { fallback }),
  cluster,
  ...(!cluster && { backup }),
  timeoutMs,
  lifetimeMs,
  limit: limit ?? null,
  transient,
  cookie: cookie.name,
})
