import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { DriverDefinition } from '../../../src/drivers/definition.js'
import { memory } from '../../../src/drivers/memory/index.js'
import { builtInDrivers } from '../../../src/drivers/registry.js'
import type { Driver } from '../../../src/storage/contract.js'
import { TestSpace, textsOf } from '../../../src/testing/suite/test-space.js'
import { type DriverName, places, withDriver, writeObject } from './places.js'
import { minute, now, spaceName, writeClaim, writeDescriptions, writeRecords } from './records.js'
import type { Content } from './stores.js'

/** What one version of a driver has stored. */
interface Stored {
  readonly name: string
  /** The statements of its tables, where the content has only rows. */
  readonly ddl?: string
  readonly records: Content
  readonly claim: Content
}

const folder = fileURLToPath(new URL('.', import.meta.url))

/** In the order of their versions. The last is what this version stores. */
function storedBy(driver: DriverName): Stored[] {
  const names = readdirSync(folder).filter((file) => new RegExp(`^${driver}-\\d+\\.json$`).test(file))
  return names.toSorted().map((name) => ({ name, ...JSON.parse(readFileSync(`${folder}/${name}`, 'utf8')) }))
}

/** Redis lists the records of a principal in the order of the times by its own clock, in microseconds: 16 digits. */
const comparable = (content: Content): Content =>
  content.map((line) =>
    line.replace(/"([\w+/]+={0,2})"/g, (_, text) =>
      Buffer.from(text, 'base64')
        .toString('latin1')
        .replace(/\d{16}/g, 'time'),
    ),
  )

const definitionOf = (name: string) => builtInDrivers.get(name) as DriverDefinition

/** A place that holds this content. */
async function placeWith(driver: DriverName, { ddl }: Stored, content: Content) {
  const place = await places[driver]()
  onTestFinished(() => place.stop())
  await place.store.put(content, ddl)
  return place
}

/** The records as a store has them in which they were written just now. */
const expected = await withDriver(memory as DriverDefinition, {}, async (driver) => {
  const space = new TestSpace(spaceName, driver, now)
  await writeRecords(space.space)
  const ids = (await space.ids()).toSorted()
  return new Map(await Promise.all(ids.map(async (id) => [id, await space.stored(id)] as const)))
})

async function checkRecords(driver: Driver): Promise<void> {
  const space = new TestSpace(spaceName, driver, now)
  const [ended] = await space.claim({ id: 'ended' })
  expect(ended).toMatchObject({ attempt: 1, record: { principal: 'bob', ending: 'logout' } })
  expect(ended && textsOf(ended.record)).toEqual([['a', '1']])
  expect(await space.settle(ended ? [ended] : [])).toEqual(['ended'])
  for (const [id, record] of expected) {
    const { attributes, ...head } = await space.stored(id)
    const { attributes: _, ...expectedHead } = record
    expect(head, id).toEqual(expectedHead)
    expect(textsOf({ ...head, attributes }), id).toEqual(textsOf(record))
  }
  expect(await space.ids({ principal: 'ada' })).toContain('owned')
  for (const id of expected.keys()) {
    const { version } = await space.stored(id)
    expect(await space.update(id, { description: 'phone', ifVersion: version }), id).toMatchObject({ status: 'saved' })
    expect(await space.stored(id), id).toMatchObject({ description: 'phone' })
  }
  const page = await driver.objects?.('pages').get('key', { now })
  expect(page && Buffer.from(page).toString()).toBe('"page"')
  // What ends by itself is found: all but the one that never does.
  space.pass(24 * 60 * minute)
  const claims = await space.claim()
  expect(claims.map(({ record }) => record.id).toSorted()).toEqual(
    expect.arrayContaining([...expected.keys()].filter((id) => id !== 'eternal')),
  )
  expect(claims.map(({ record }) => record.id)).not.toContain('eternal')
}

describe.each(Object.keys(places) as DriverName[])('the driver %s', (driver) => {
  const versions = storedBy(driver)

  test('keeps what two versions of it have stored', () => expect(versions.length).toBeGreaterThanOrEqual(2))

  test.each(versions)('reads the records in $name, and changes them', async (version) => {
    const { options } = await placeWith(driver, version, version.records)
    await withDriver(definitionOf(driver), options, checkRecords)
  })

  test.each(versions)('claims the record in $name anew when the lease of its claim has ended', async (version) => {
    const { options } = await placeWith(driver, version, version.claim)
    await withDriver(definitionOf(driver), options, async (opened) => {
      const space = new TestSpace(spaceName, opened, now)
      expect(await space.claim()).toEqual([])
      space.pass(minute)
      const claims = await space.claim()
      expect(claims).toMatchObject([{ attempt: 2, record: { id: 'claimed', ending: 'logout' } }])
      expect(await space.settle(claims)).toEqual(['claimed'])
    })
  })

  test('stores what its last file has: if not, keep that file and write the next one, as write.ts says', async () => {
    const place = await places[driver]()
    onTestFinished(() => place.stop())
    await withDriver(definitionOf(driver), place.options, async (opened) => {
      const space = opened.space(spaceName, { endGraceMs: 7 * 24 * 60 * minute })
      await writeRecords(space)
      await writeDescriptions(space)
      await writeObject(opened)
    })
    expect(comparable(await place.store.content())).toEqual(comparable(versions.at(-1)?.records ?? []))
  })

  // Tests that a claim is written at all, which the file of each version has under a token of its own.
  test('stores a claim', async () => {
    const place = await places[driver]()
    onTestFinished(() => place.stop())
    await withDriver(definitionOf(driver), place.options, (opened) =>
      writeClaim(opened.space(spaceName, { endGraceMs: 7 * 24 * 60 * minute })),
    )
    expect((await place.store.content()).length).toBe(versions.at(-1)?.claim.length)
  })
})
