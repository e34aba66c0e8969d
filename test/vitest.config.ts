import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { patienceMs } from './support/patience-ms.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const source = (file: string) => fileURLToPath(new URL(`../src/${file}`, import.meta.url))

const shared = {
  root,
  resolve: {
    alias: {
      'koa-scopes/adopt': source('adopt/index.ts'),
      'koa-scopes/augment': source('augment.ts'),
      'koa-scopes/opentelemetry': source('opentelemetry/index.ts'),
      'koa-scopes/passport': source('passport.ts'),
      'koa-scopes/strict': source('strict.ts'),
      'koa-scopes/testing': source('testing/index.ts'),
      'koa-scopes/ws': source('ws.ts'),
      'koa-scopes': source('index.ts'),
    },
  },
}

const patient = { setupFiles: ['test/support/patience.ts'], expect: { poll: { timeout: patienceMs } } }

const slow = { ...patient, testTimeout: 60_000, hookTimeout: 60_000 }
/** Stores that run by a command of their own take several times as long for cases with thousands of records. */
const onStores = { ...slow, testTimeout: process.env.BEHAVIOURS_STORE ? 180_000 : 60_000 }
const withProcesses = {
  ...slow,
  globalSetup: ['test/support/compilation.ts', 'test/support/shared-on-demand.ts'],
}

/** Over HTTP or on real stores, in this process; and what tries many configurations, which takes as long. */
const integration = [
  'test/{behaviours,diagnostics,drivers,examples,model,project,testing}/**/*.test.ts',
  'test/admin/http/**/*.test.ts',
  'test/config/{linear,secrets}.test.ts',
]
/** With processes of their own. */
const processes = 'test/{processes,browser}/**/*.test.ts'
/** The processes of `npm test`: nodes that share a store and die, and the program that starts them. */
const nodes = 'test/processes/{cluster/**/*,cli,inherited-socket,kill,production}.test.ts'
/** Of the others, what `npm run test:rest` runs: stores that few have, and the programs of the documents. */
const seldom = [
  'test/{behaviours,drivers}/{hazelcast,mongodb}*.test.ts',
  'test/project/{package,snippets,types}.test.ts',
]
/** On the built site: `npm run docs:check`. */
const site = 'test/site/**/*.test.ts'

export default defineConfig({
  ...shared,
  test: {
    // Many tests wait for processes, servers and deadlines: two more than there are cores keep those busy.
    maxWorkers: availableParallelism() + 2,
    // The report is for the closing line of .ci/run.
    reporters: process.env.CI ? ['default', ['json', { outputFile: 'node_modules/.vitest/report.json' }]] : ['default'],
    // Files that share a process, one after the other, load the sources once, and what is compiled stays compiled.
    projects: [
      {
        ...shared,
        test: {
          ...patient,
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...integration, processes, site],
          isolate: false,
          // None waits for anything, but a busy machine has made one that takes a second take longer than the default of 5 s.
          testTimeout: 20_000,
        },
      },
      {
        ...shared,
        test: {
          ...onStores,
          name: 'integration',
          include: integration,
          exclude: seldom,
          isolate: false,
          globalSetup: ['test/support/shared-postgres.ts', 'test/support/shared-on-demand.ts'],
        },
      },
      {
        ...shared,
        test: {
          ...withProcesses,
          name: 'processes',
          include: [nodes],
        },
      },
      {
        ...shared,
        test: {
          ...onStores,
          name: 'rest',
          include: seldom,
          isolate: false,
          globalSetup: ['test/support/shared-on-demand.ts'],
        },
      },
      {
        ...shared,
        test: {
          ...withProcesses,
          name: 'rest-processes',
          include: [processes],
          exclude: [nodes],
        },
      },
    ],
  },
})
