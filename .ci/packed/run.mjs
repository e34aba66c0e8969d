// Uses the packed package in empty folders, as its users do. The names of checks as arguments: only those.
import { checkManifest } from './manifest.mjs'
import { checkModules } from './modules.mjs'
import { checkSmoke } from './smoke.mjs'

const checks = {
  smoke: checkSmoke,
  manifest: checkManifest,
  modules: checkModules,
}

const names = process.argv.slice(2)
for (const [name, check] of Object.entries(checks)) {
  if (names.length > 0 && !names.includes(name)) continue
  const start = Date.now()
  await check()
  console.log(`packed: ${name} works (${Math.round((Date.now() - start) / 1000)} s)`)
}
