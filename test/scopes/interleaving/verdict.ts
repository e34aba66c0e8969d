import { contentOf } from '../../../src/scopes/attributes/place.js'
import { type Credential, sealOf } from '../../../src/scopes/record/credential.js'
import { identify } from '../../../src/scopes/request/identification.js'
import { RequestScope } from '../../../src/scopes/request/request-scope.js'
import { scopeData } from '../../../src/scopes/request/scope-data.js'
import type { Scope } from '../../../src/scopes/scope.js'
import type { ExpectedRecord } from './expected-record.js'
import { assertThat } from './expected-request.js'
import type { Visit } from './visit.js'
import { codec, isShared, type World } from './world.js'

/** More than the longest time a memory-first node goes without asking the store. */
const touchDueMs = 61_000

/** Throws when the store, the cookies or the nodes are not as they should be after everything. */
export async function judge(world: World): Promise<void> {
  for (const { strategy } of world.scopes)
    assertThat(((await strategy.backlog?.flush()) ?? 0) === 0, 'something could not be saved')
  for (const [id, record] of world.records) await judgeRecord(world, id, record)
  for (const visit of world.visits) judgeVisit(world, visit)
  await judgeEnds(world)
  world.clock.jump(touchDueMs)
  for (const scope of world.scopes) await judgeNode(world, scope)
}

async function judgeRecord(world: World, id: string, record: ExpectedRecord): Promise<void> {
  const found = await world.space.load(id, world.now)
  if (record.state !== 'live') {
    assertThat(found.status === 'missing', `a record is there that is ${record.state}`)
    return
  }
  assertThat(found.status === 'loaded', 'a live record is missing')
  assertSame(decoded(found.record.attributes), record.attributes, 'the store')
  const issued = issuedBy(world).filter((credential) => credential.id === id)
  const doFit = issued.every(({ secret }) => sealOf(secret) === record.seal)
  assertThat(doFit, 'a cookie was issued that does not open its record')
  assertThat(issued.length > 0 || record.seal === sealOf(world.credential.secret), 'nobody was given the new secret')
}

/** Whatever was expected on the way: what one request wrote and the other left alone is there. */
function judgeVisit(world: World, visit: Visit): void {
  const { expected, name, written } = visit
  if (expected.state === 'lost') assertThat(world.hasToldOfLoss, 'no event tells of the loss')
  if (expected.record?.state !== 'live') return
  const others = world.visits.filter((other) => other !== visit)
  for (const [attribute, token] of written) {
    if (others.some(({ changed }) => changed.has(attribute))) continue
    const isThere = expected.record.attributes.get(attribute)?.includes(token) === true
    assertThat(isThere, `what ${name} wrote to ${attribute} is lost`)
  }
}

/** What was invalidated waits for its end handler, with its data; nothing else does. */
async function judgeEnds(world: World): Promise<void> {
  const claims = await world.space.claimExpired({ ...world.now, limit: 10, leaseMs: 1_000 })
  const ended = new Map([...world.records].filter(([, { state }]) => state === 'ended'))
  assertThat(claims.length === ended.size, `${claims.length} records wait for their end, not ${ended.size}`)
  for (const { record } of claims) {
    const expected = ended.get(record.id)
    assertThat(expected !== undefined, 'a record waits for its end that was not invalidated')
    if (!isShared(world.variant)) assertSame(decoded(record.attributes), expected.attributes, 'the end handler')
  }
}

/** A later request on this node finds what the store holds, with the present secret only. */
async function judgeNode(world: World, scope: Scope): Promise<void> {
  const { state, seal, attributes } = world.visited
  const present = [world.credential, ...issuedBy(world)].filter(({ secret }) => sealOf(secret) === seal)
  if (state !== 'live' || !present.includes(world.credential)) {
    const stale = new RequestScope(scope)
    await identify(stale, [world.credential])
    assertThat(stale.record === undefined, 'the old cookie still opens the record')
  }
  if (state !== 'live') return
  const later = new RequestScope(scope)
  await identify(later, present)
  const data = scopeData(later)
  assertSame(jsonOf(data), attributes, 'a later request')
  await later.reload()
  assertSame(jsonOf(data), attributes, 'a later request that reloads')
}

/** What the visitor was sent. */
const issuedBy = ({ visits }: World): Credential[] =>
  visits.flatMap(({ request: { issued } }) => (issued.kind === 'issued' ? [issued.credential] : []))

const jsonOf = (data: object) => new Map(Object.entries(data).map(([name, value]) => [name, JSON.stringify(value)]))

const decoded = (attributes: ReadonlyMap<string, Uint8Array>) =>
  jsonOf(Object.fromEntries([...attributes].map(([name, bytes]) => [name, codec.decode(contentOf(bytes), name)])))

const inOrder = (attributes: ReadonlyMap<string, string>) => JSON.stringify([...attributes].sort())

function assertSame(actual: ReadonlyMap<string, string>, expected: ReadonlyMap<string, string>, who: string): void {
  assertThat(inOrder(actual) === inOrder(expected), `${who} has ${inOrder(actual)}, not ${inOrder(expected)}`)
}
