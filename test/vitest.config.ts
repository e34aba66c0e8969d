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

export default defineConfig({
  ...shared,
  test: {
    // The report is for the closing line of .ci/run.
    reporters: process.env.CI ? ['default', ['json', { outputFile: 'node_modules/.vitest/report.json' }]] : ['default'],
    projects: [
      {
        ...shared,
        test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: ['test/processes/**', 'test/browser/**'] },
      },
      {
        ...shared,
        test: {
          name: 'processes',
          include: ['test/{processes,browser}/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
