// Uses the packed package in empty folders, as its users do. The names of checks as arguments: only those; behind --except: all others.
import { checkManifest } from './manifest.mjs'
import { checkMiddleware } from './middleware.mjs'
import { checkModules } from './modules.mjs'
import { checkReadme } from './readme.mjs'
import { checkRegistry } from './registry.mjs'
import { checkSize } from './size.mjs'
import { checkSmoke } from './smoke.mjs'
import { checkTestRunners } from './test-runners.mjs'

const checks = {
  smoke: checkSmoke,
  manifest: checkManifest,
  modules: checkModules,
  middleware: checkMiddleware,
  'test-runners': checkTestRunners,
  readme: checkReadme,
  registry: checkRegistry,
  size: checkSize,
}

const names = process.argv.slice(2)
const isWanted = (name) =>
  names[0] === '--except' ? !names.includes(name) : names.length === 0 || names.includes(name)
for (const [name, check] of Object.entries(checks)) {
  if (!isWanted(name)) continue
  const start = Date.now()
  await check()
  console.log(`packed: ${name} works (${Math.round((Date.now() - start) / 1000)} s)`)
}
