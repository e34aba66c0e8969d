import { expect, test, vi } from 'vitest'
import type { TestSpace } from '../../src/testing/suite/test-space.js'

/** How long a driver may take to connect with another password. */
export const patience = { timeout: 15_000, interval: 50 }

/** A store whose password can be changed. `space` and `open` use it with this password. */
interface Rotated {
  changeTo(password: string): Promise<unknown>
  space(password: () => Promise<string>): Promise<TestSpace>
  open(password: () => Promise<string>): Promise<unknown>
}

/** The tests of a password that is asked of a function, the same for each store. */
export function testAskedPasswords({ changeTo, open, space: spaceWith }: Rotated): void {
  test('may be asked of a function', async () => {
    await changeTo('first')
    let password = 'first'
    const space = await spaceWith(async () => password)
    expect(await space.create('a')).toMatchObject({ status: 'saved' })
    password = 'second'
    await changeTo('second')
    await vi.waitFor(async () => expect(await space.create('b')).toMatchObject({ status: 'saved' }), patience)
  })

  test('that cannot be had makes the store unavailable, with the reason', async () => {
    const opening = open(() => Promise.reject(new Error('the vault is sealed')))
    await expect(opening).rejects.toMatchObject({
      code: 'STORAGE_UNAVAILABLE',
      message: expect.stringContaining('the function for its password failed: the vault is sealed'),
    })
  })
}
