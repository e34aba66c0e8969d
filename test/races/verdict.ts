import { expect } from 'vitest'
import type { Credential } from '../../src/scopes/record/credential.js'
import type { Contestant } from './contestant.js'
import type { Finished } from './race.js'
import type { RaceNode } from './race-node.js'
import { before, principal, type World } from './world.js'

/** Fails when a promise was broken, judged by nothing but what visitors, end handlers and listeners were told. */
export async function judge({ world, contestants }: Finished): Promise<void> {
  judgeAnswers(contestants)
  await judgePrincipal(world, contestants)
  await judgeAtOnce(world, contestants)
  world.learn()
  await judgeVisitor(world, contestants)
  await world.learnAll()
  await judgeOthers(world, contestants)
  await world.finish()
  judgeEnds(world, contestants)
  await judgeStore(world)
}

type Contestants = readonly [Contestant, Contestant]

/** Nobody fails, but for the reasons that the promises name; who fails gets no cookie. Of two rotations one wins. */
function judgeAnswers([one, other]: Contestants): void {
  judgeAnswer(one, other)
  judgeAnswer(other, one)
  if (one.operation.rotates && other.operation.rotates)
    expect(
      [one, other].filter(({ succeeds }) => succeeds),
      'the rotations that succeed',
    ).toHaveLength(1)
}

function judgeAnswer({ answer, name, operation }: Contestant, other: Contestant): void {
  if (!answer || answer.status === 200) return
  const isReplaced = other.operation.rotates === true && other.succeeds
  const isLost = operation.rotates === true && other.end !== undefined
  const isEvicted = operation.logsIn === true && other.operation.logsIn === true
  const allowed = [
    ...(isReplaced ? ['SCOPE_SUPERSEDED'] : []),
    ...(isReplaced && operation.rotates ? ['SCOPE_CONFLICT'] : []),
    ...(isLost || isEvicted ? ['SCOPE_LOST'] : []),
  ]
  expect(answer.status, `of ${name}: ${answer.code}`).toBe(409)
  expect(allowed, `what ${name} may fail with`).toContain(answer.code)
  if (!isEvicted) expect(answer.issued.kind, `the credential for ${name}`).toMatch(/nothing|confirmed/)
}

/** From the moment on at which everybody has been answered, the user has the one session that is allowed. */
async function judgePrincipal({ nodes }: World, contestants: Contestants): Promise<void> {
  const count = survives(contestants) || loginsAmong(contestants).length > 0 ? 1 : 0
  for (const { directory } of nodes)
    expect(await directory.find({ principal }), `the sessions of ${principal}`).toHaveLength(count)
}

/** Who ended or rotated the session knows of it without being told; with `cluster: true` everybody does. */
async function judgeAtOnce({ ends, mode, nodes, visitor }: World, contestants: Contestants): Promise<void> {
  const [ender, ...enders] = endersAmong(contestants)
  const isEndedByOne = ender !== undefined && enders.length === 0
  const knowing = isEndedByOne ? ender : contestants.find(({ credential }) => credential?.id === visitor.id)
  if (!knowing) return
  for (const node of mode.cluster ? nodes : [knowing.node])
    expect(await opened(node, visitor), 'at once, with the old cookie').toBeUndefined()
  if (isEndedByOne && ender.end !== 'timeout')
    expect(
      ends.map(({ id }) => id),
      'the ends that waited for no sweep',
    ).toContain(visitor.id)
}

/** The present secret opens the visitor's session on every node, with all that was saved; once it has ended none does. */
async function judgeVisitor({ nodes, visitor }: World, contestants: Contestants): Promise<void> {
  const writers = contestants.filter((it) => it.wroteTo === visitor.id && it.succeeds)
  const found = { id: visitor.id, principal, data: { ...before, ...written(writers) } }
  const [present = visitor] = contestants.flatMap(({ credential }) => (credential?.id === visitor.id ? credential : []))
  for (const node of nodes) {
    expect(await opened(node, present), 'with the present cookie').toEqual(survives(contestants) ? found : undefined)
    if (present !== visitor) expect(await opened(node, visitor), 'with the old cookie').toBeUndefined()
  }
}

/** Every other session that somebody was given is there for everybody; of two logins one has taken the other's place. */
async function judgeOthers({ nodes, visitor }: World, contestants: Contestants): Promise<void> {
  const logins = loginsAmong(contestants)
  const lasting: Contestant[] = []
  for (const contestant of contestants) {
    const { credential, operation, succeeds } = contestant
    if (!credential || credential.id === visitor.id) continue
    const found = { id: credential.id, principal: operation.logsIn ? principal : null, data: written([contestant]) }
    const seen = await Promise.all(nodes.map((node) => opened(node, credential)))
    const mayBeEvicted = logins.length === 2 && seen[0] === undefined
    expect(seen, `the session of ${contestant.name}`).toEqual(nodes.map(() => (mayBeEvicted ? undefined : found)))
    if (operation.logsIn && !mayBeEvicted && succeeds) lasting.push(contestant)
  }
  expect(lasting, 'the logins that last').toHaveLength(Math.min(logins.length, 1))
}

/** Each session ends once, with everything that was saved in it and nothing else. */
function judgeEnds(world: World, contestants: Contestants): void {
  const { ends, lost, visitor } = world
  const ids = new Set([visitor.id, ...contestants.flatMap(({ credential }) => credential?.id ?? [])])
  expect(ends.map(({ id }) => id).toSorted(), 'the sessions that ended').toEqual([...ids].toSorted())
  expect([...ids], 'the sessions with losses').toEqual(expect.arrayContaining(lost))
  for (const { id, reason, data } of ends) {
    const writers = contestants.filter(({ wroteTo }) => wroteTo === id)
    const saved = writers.filter(({ name }) => name in data)
    expect(data, 'what the end handler got').toEqual({ ...(id === visitor.id && before), ...written(saved) })
    const failed = saved.filter(({ operation, succeeds }) => !succeeds && !operation.logsIn)
    expect(written(failed), 'saved, though it failed').toEqual({})
    expect(id === visitor.id ? reasonsOf(contestants) : ['timeout', 'evicted']).toContain(reason)
    const losses = writers.filter((writer) => !saved.includes(writer) && !writer.isRefused)
    judgeLosses(world, id, losses.length)
  }
}

/** What a request changed is saved or told to be lost; changes that were to be saved together are lost together. */
function judgeLosses({ lost, mode }: World, id: string, losses: number): void {
  const told = lost.filter((it) => it === id).length
  const least = mode.backup === 'behind' ? Math.min(losses, 1) : losses
  expect(told, 'losses told').toBeGreaterThanOrEqual(least)
  expect(told, 'losses told').toBeLessThanOrEqual(losses)
}

/** Nothing is left behind. */
async function judgeStore({ nodes, space }: World): Promise<void> {
  const now = nodes[0].clock.now() + 7 * 86_400_000
  expect(await space.claimExpired({ now, limit: 10, leaseMs: 1 })).toEqual([])
}

const written = (writers: readonly Contestant[]) => Object.fromEntries(writers.map(({ name }) => [name, name]))

const loginsAmong = (contestants: Contestants) => contestants.filter(({ operation }) => operation.logsIn)

const endersAmong = (contestants: Contestants) => contestants.filter(({ end }) => end !== undefined)

/** Nobody ended the visitor's session. */
const survives = (contestants: Contestants) => endersAmong(contestants).length === 0

const reasonsOf = (contestants: Contestants) =>
  survives(contestants) ? ['timeout'] : endersAmong(contestants).map(({ end }) => end)

async function opened(node: RaceNode, credential: Credential) {
  let found: unknown
  await node.visit(credential, (session, { id, principal }) => {
    if (id !== undefined) found = { id, principal, data: { ...session } }
  })
  return found
}
