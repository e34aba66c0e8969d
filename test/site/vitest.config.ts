import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** Tests on the built site, which `npm test` leaves out because they need it built: `npm run docs:check`. */
export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: { include: ['test/site/**/*.test.ts'], testTimeout: 120_000, hookTimeout: 60_000 },
})
