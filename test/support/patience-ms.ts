/** What a test waits for comes within a few milliseconds, but a busy machine has taken longer than Vitest's default of 1 s. */
export const patienceMs = 20_000
