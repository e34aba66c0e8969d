/**
 * The part of a test runner that the suite needs. Vitest and Jest fit as they are; for node:test add an `expect` and
 * pass `after` as `afterAll`.
 */
export interface TestRunner {
  readonly describe: (name: string, body: () => void) => void
  readonly it: {
    (name: string, body: () => Promise<void>): void
    readonly skip: (name: string, body: () => Promise<void>) => void
  }
  readonly afterAll: (body: () => Promise<void>) => void
  readonly expect: (actual: unknown) => Expectation
}

/** The assertions that the suite uses. */
export interface Expectation {
  toBe(expected: unknown): void
  toEqual(expected: unknown): void
  toMatchObject(expected: object): void
}
