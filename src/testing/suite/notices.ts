import type { ChangeNotice } from '../../storage/contract.js'
import type { Suite } from './suite.js'
import type { TestSpace } from './test-space.js'

/** Hears what `watch` tells, and waits for what is still on its way. */
class Ear {
  readonly #heard: ChangeNotice[] = []
  #onNotice = () => {}

  hear(notice: ChangeNotice): void {
    this.#heard.push(notice)
    this.#onNotice()
  }

  has(id: string): boolean {
    return this.#heard.some((notice) => notice.id === id)
  }

  async next(kind: ChangeNotice['kind'], id: string): Promise<ChangeNotice> {
    for (;;) {
      const notice = this.#heard.find((heard) => heard.kind === kind && heard.id === id)
      if (notice) return notice
      await new Promise<void>((resolve) => {
        this.#onNotice = resolve
      })
    }
  }
}

export function noticeCases({ describe, expect, store, when }: Suite): void {
  const it = when(store.capabilities.notices, 'notices is false')

  async function watching(space: TestSpace): Promise<{ ear: Ear; there: TestSpace; stop: () => Promise<void> }> {
    const ear = new Ear()
    const stop = await space.space.watch?.({ onChange: (notice) => ear.hear(notice), onGap() {} })
    if (!stop) throw new TypeError('The space has no watch')
    return { ear, there: space.through(await store.secondConnection()), stop }
  }

  describe('notices', () => {
    it('tell what another connection saved, ended and deleted', async (space) => {
      const { ear, there, stop } = await watching(space)
      await there.create('a', { version: 'v1' })
      const { version = 'v1' } = await ear.next('saved', 'a')
      expect(version).toBe('v1')
      await there.update('a', { ending: 'logout' })
      await ear.next('ended', 'a')
      await there.create('b')
      await there.delete('b')
      await ear.next('deleted', 'b')
      await stop()
    })

    it('tell of this space only', async (space) => {
      const other = await store.emptySpace()
      const { ear, there, stop } = await watching(space)
      await other.through(there.driver).create('elsewhere')
      await there.create('here')
      await ear.next('saved', 'here')
      expect(ear.has('elsewhere')).toBe(false)
      await stop()
    })
  })
}
