import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const root = fileURLToPath(new URL('..', import.meta.url))
const source = (file: string) => fileURLToPath(new URL(`../src/${file}`, import.meta.url))

const shared = {
  root,
  resolve: {
    alias: {
      'koa-scopes/augment': source('augment.ts'),
      'koa-scopes/testing': source('testing/index.ts'),
      'koa-scopes': source('index.ts'),
    },
  },
}

/** Over HTTP or on real stores, in this process. */
const integration = 'test/{behaviours,drivers,examples,project}/**/*.test.ts'
/** With processes of their own. */
const processes = 'test/{processes,browser}/**/*.test.ts'

export default defineConfig({
  ...shared,
  test: {
    // Many tests wait for processes and servers, so that no core need be left free.
    maxWorkers: '100%',
    // The report is for the closing line of .ci/run.
    reporters: process.env.CI ? ['default', ['json', { outputFile: 'node_modules/.vitest/report.json' }]] : ['default'],
    projects: [
      { ...shared, test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: [integration, processes] } },
      { ...shared, test: { name: 'integration', include: [integration], testTimeout: 30_000, hookTimeout: 60_000 } },
      {
        ...shared,
        test: {
          name: 'processes',
          include: [processes],
          globalSetup: 'test/support/compilation.ts',
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
