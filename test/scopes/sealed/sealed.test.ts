import { beforeEach, describe, expect, it } from 'vitest'
import type { SealedEnvironment } from '../../../src/scopes/environment.js'
import { newCredential } from '../../../src/scopes/record/credential.js'
import type { OpenRecord } from '../../../src/scopes/record/open-record.js'
import { Sealed } from '../../../src/scopes/sealed/sealed.js'
import type { ScopeSettings } from '../../../src/scopes/settings.js'
import type { StoredRecord } from '../../../src/storage/contract.js'
import { ManualClock } from '../../../src/testing/manual-clock.js'
import { scopeEnvironment } from '../../support/scope-environment.js'

const minute = 60_000
const keys = ['a key that is 32 bytes long: aaaaa']

let clock: ManualClock
let ended: StoredRecord[]

function sealedScope(
  { settings, ...sealing }: Partial<SealedEnvironment['sealing']> & { readonly settings?: Partial<ScopeSettings> } = {},
  node = clock,
) {
  const { space, availability, asksEachRequest, ...basics } = scopeEnvironment({
    clock: node,
    ...(settings && { settings }),
  })
  const environment = { ...basics, sealing: { keys, cookie: 'shop_sid', mostLetters: 3_900, ...sealing } }
  return new Sealed(environment, async (record) => void ended.push(record))
}

beforeEach(() => {
  clock = new ManualClock()
  ended = []
})

/** Writes these attributes, and returns the text that the visitor gets. */
async function written(record: OpenRecord, attributes: Record<string, unknown>): Promise<string> {
  for (const [name, value] of Object.entries(attributes)) record.attributes.set(name, value)
  expect(await record.commit(record.attributes.delta())).toBe('saved')
  return record.sealedAs?.secret ?? ''
}

const begun = (scope: Sealed, attributes: Record<string, unknown>) => written(scope.create(newCredential()), attributes)

async function opened(scope: Sealed, text: string): Promise<OpenRecord> {
  const result = await scope.open('', text)
  if (result.status !== 'opened') throw new Error(`The text was answered ${result.status}`)
  return result.record
}

const statusOf = async (scope: Sealed, text: string) => (await scope.open('', text)).status

describe('a sealed record', () => {
  it('opens with its values, its head and one hit more', async () => {
    const scope = sealedScope()
    const record = scope.create(newCredential())
    const text = await written(record, { name: 'ada', seen: new Date(0) })
    clock.jump(minute)
    const again = await opened(scope, text)
    expect(again.id).toBe(record.id)
    expect(again.attributes.get('name')).toBe('ada')
    expect(again.attributes.get('seen')).toEqual(new Date(0))
    expect(again.attributes.names()).toEqual(['name', 'seen'])
    expect(again.head).toMatchObject({ createdAt: clock.now() - minute, hits: 2, principal: null })
    expect(again.lastVisit).toBe(clock.now() - minute)
  })

  it('keeps names and values that no cookie could carry', async () => {
    const scope = sealedScope()
    const attributes = { __proto__: 'p', 'a.b': 1n, '\0': new Map([[1, new Set(['é'])]]), '😀': '"; Path=/' }
    const again = await opened(scope, await begun(scope, attributes))
    for (const [name, value] of Object.entries(attributes)) expect(again.attributes.get(name), name).toEqual(value)
  })

  it('ends when it was idle for its timeout and the slack, not before', async () => {
    const scope = sealedScope({ settings: { timeoutMs: 30 * minute } })
    const text = await begun(scope, { a: 1 })
    clock.jump(31 * minute - 1)
    expect(await statusOf(scope, text)).toBe('opened')
    clock.jump(1)
    expect(await statusOf(scope, text)).toBe('missing')
  })

  it('ends after its lifetime, however often it is used', async () => {
    const scope = sealedScope({ settings: { timeoutMs: 30 * minute, lifetimeMs: 60 * minute } })
    let text = await begun(scope, { a: 0 })
    for (const a of [1, 2]) {
      clock.jump(25 * minute)
      text = await written(await opened(scope, text), { a })
    }
    clock.jump(10 * minute)
    expect(await statusOf(scope, text)).toBe('missing')
  })

  it('never ends with timeout: never', async () => {
    const scope = sealedScope({ settings: { timeoutMs: null } })
    const text = await begun(scope, { a: 1 })
    clock.jump(10_000 * 24 * 60 * minute)
    expect((await opened(scope, text)).attributes.get('a')).toBe(1)
    expect(scope.idle.timeoutOf((await opened(scope, text)).head.idleMs)).toBeNull()
  })

  it('is refused if it was sealed more than a minute in the future', async () => {
    const ahead = new ManualClock(clock.now() + minute)
    const text = await begun(sealedScope({}, ahead), { a: 1 })
    expect(await statusOf(sealedScope(), text)).toBe('opened')
    clock.jump(-1)
    expect(await statusOf(sealedScope(), text)).toBe('missing')
  })

  it('is not opened by an id alone, nor by what is no sealed text', async () => {
    const scope = sealedScope()
    const { id, secret } = newCredential()
    expect(await scope.open(id)).toEqual({ status: 'missing' })
    for (const text of ['', secret, `${id}.${secret}`, '{}']) expect(await statusOf(scope, text)).toBe('missing')
  })

  it('is not sealed again by a request that reads, until the slack has passed', async () => {
    const scope = sealedScope({ settings: { timeoutMs: 5 * minute } })
    const text = await begun(scope, { a: 1 })
    clock.jump(minute / 2 - 1)
    const early = await opened(scope, text)
    expect(early.isRenewalDue).toBe(false)
    expect(await early.commit(early.attributes.delta())).toBe('unchanged')
    expect(early.sealedAs).toBeUndefined()
    clock.jump(1)
    const late = await opened(scope, text)
    expect(late.isRenewalDue).toBe(true)
    expect(await late.commit(late.attributes.delta())).toBe('unchanged')
    clock.jump(5 * minute)
    expect(await statusOf(scope, late.sealedAs?.secret ?? '')).toBe('opened')
    expect(await statusOf(scope, text)).toBe('missing')
  })

  it('is sealed anew by the new key at once', async () => {
    const text = await begun(sealedScope(), { a: 1 })
    const rotated = sealedScope({ keys: ['a key that is 32 bytes long: bbbbb', ...keys] })
    const record = await opened(rotated, text)
    expect(record.isRenewalDue).toBe(true)
    await record.commit(record.attributes.delta())
    const onlyNew = sealedScope({ keys: ['a key that is 32 bytes long: bbbbb'] })
    expect(await statusOf(onlyNew, record.sealedAs?.secret ?? '')).toBe('opened')
    expect(await statusOf(onlyNew, text)).toBe('missing')
  })

  it('keeps a timeout of its own', async () => {
    const scope = sealedScope()
    const record = await opened(scope, await begun(scope, { a: 1 }))
    await record.commit(record.attributes.delta(), { life: { idleMs: scope.idle.of(10 * minute) } })
    const again = await opened(scope, record.sealedAs?.secret ?? '')
    expect(scope.idle.timeoutOf(again.head.idleMs)).toBe(10 * minute)
  })

  it('gets no longer life than it began with where it can be revoked, whatever commits it', async () => {
    const revocations = {
      get: async () => undefined,
      set: async () => {},
      delete: async () => false,
      clear: async () => {},
    }
    const scope = sealedScope({ revocations, settings: { timeoutMs: 30 * minute, lifetimeMs: 60 * minute } })
    const record = await opened(scope, await begun(scope, { a: 1 }))
    const { createdAt } = record.head
    for (const life of [{ idleMs: scope.idle.of(31 * minute) }, { endsAt: createdAt + 61 * minute }, { endsAt: null }])
      await expect(record.commit(record.attributes.delta(), { life })).rejects.toMatchObject({
        code: 'SEALED_LIFE_TOO_LONG',
      })
    expect(record.sealedAs).toBeUndefined()
    const shorter = { idleMs: scope.idle.of(5 * minute), endsAt: createdAt + 10 * minute }
    expect(await record.commit(record.attributes.delta(), { life: shorter })).toBe('saved')
  })

  it('goes when its last attribute is removed, and holds what is added after that', async () => {
    const scope = sealedScope()
    const record = await opened(scope, await begun(scope, { a: 1 }))
    record.attributes.delete('a')
    expect(await record.commit(record.attributes.delta())).toBe('dropped')
    expect(record.sealedAs).toBeUndefined()
    const again = await opened(scope, await written(record, { b: 2 }))
    expect(again.attributes.names()).toEqual(['b'])
  })

  it('stays empty if it has a principal', async () => {
    const scope = sealedScope()
    const record = await opened(scope, await begun(scope, { a: 1 }))
    record.attributes.delete('a')
    expect(await record.commit(record.attributes.delta(), { principal: 'ada' })).toBe('saved')
    const again = await opened(scope, record.sealedAs?.secret ?? '')
    expect(again.head.principal).toBe('ada')
  })

  it('is handed to the end handler with its values when its request ends it, and is sealed no more', async () => {
    const scope = sealedScope()
    const record = await opened(scope, await begun(scope, { a: 1 }))
    record.attributes.set('b', 2)
    expect(await record.commit(record.attributes.delta(), { ending: 'invalidated' })).toBe('saved')
    expect(record.sealedAs).toBeUndefined()
    expect(ended).toMatchObject([{ id: record.id, ending: 'invalidated' }])
    expect([...(ended[0]?.attributes.keys() ?? [])]).toEqual(['a', 'b'])
  })

  it('adds to a number and discards the sum that does not fit', async () => {
    const scope = sealedScope()
    const record = await opened(scope, await begun(scope, { a: 1, text: 'x' }))
    expect(await record.increment('a', 2)).toBe(3)
    await expect(record.increment('text', 1)).rejects.toThrow(TypeError)
    await expect(record.increment('n'.repeat(1000).padEnd(3_000, 'm'), 1)).rejects.toMatchObject({
      code: 'COOKIE_TOO_LARGE',
    })
    expect(record.attributes.names()).toEqual(['a', 'text'])
  })

  it('refuses ifUnchanged, because it knows of no other request', async () => {
    const scope = sealedScope()
    const record = await opened(scope, await begun(scope, { a: 1 }))
    const commit = record.commit(record.attributes.delta(), { ifVersion: record.head.version })
    await expect(commit).rejects.toMatchObject({ code: 'SCOPE_SEALED', status: 500 })
  })
})

describe('a record that does not fit', () => {
  const mostLetters = 1_000

  it('is refused with the names and bytes of its largest attributes, and nothing is sealed', async () => {
    const scope = sealedScope({ mostLetters })
    const record = scope.create(newCredential())
    for (const [name, length] of Object.entries({ small: 10, big: 500, medium: 200, bigger: 600 }))
      record.attributes.set(name, 'x'.repeat(length))
    expect(() => record.attributes.delta()).toThrow(
      expect.objectContaining({
        code: 'COOKIE_TOO_LARGE',
        status: 413,
        details: expect.objectContaining({
          mostLetters,
          largest: [
            { name: 'bigger', bytes: expect.closeTo(609, -1) },
            { name: 'big', bytes: expect.closeTo(506, -1) },
            { name: 'medium', bytes: expect.closeTo(209, -1) },
          ],
        }),
      }),
    )
    expect(record.sealedAs).toBeUndefined()
  })

  it('fits to the last letter', async () => {
    const lengths = Array.from({ length: 80 }, (_, n) => 600 + n)
    const outcomes = await Promise.all(
      lengths.map(async (length) => {
        try {
          return (await begun(sealedScope({ mostLetters }), { a: 'x'.repeat(length) })).length
        } catch (error) {
          return (error as { code: string }).code
        }
      }),
    )
    const fitting = outcomes.filter((outcome) => typeof outcome === 'number')
    expect(Math.max(...fitting)).toBeGreaterThan(mostLetters - 4)
    expect(Math.max(...fitting)).toBeLessThanOrEqual(mostLetters)
    expect(new Set(outcomes.slice(fitting.length))).toEqual(new Set(['COOKIE_TOO_LARGE']))
  })

  it('is found when it is written, never later by a request that only reads', async () => {
    for (let length = 600; length < 680; length += 1) {
      let text: string
      try {
        text = await begun(sealedScope({ mostLetters }), { a: 'x'.repeat(length) })
      } catch {
        continue
      }
      const scope = sealedScope({ mostLetters })
      for (let visit = 0; visit < 300; visit += 1) {
        clock.jump(minute)
        const record = await opened(scope, text)
        await record.commit(record.attributes.delta())
        text = record.sealedAs?.secret ?? ''
      }
      expect((await opened(scope, text)).head.hits).toBe(302)
    }
  })

  it('may be the principal too', async () => {
    const scope = sealedScope({ mostLetters })
    const record = await opened(scope, await begun(scope, { a: 1 }))
    const login = record.commit(record.attributes.delta(), { principal: 'x'.repeat(2_000) })
    await expect(login).rejects.toMatchObject({ code: 'COOKIE_TOO_LARGE' })
    expect(record.head.principal).toBeNull()
  })
})
