import { describe, expect, it } from 'vitest'
import { check, type RuleName, rules } from './checker.js'
import { Notes } from './notes.js'

const brokenIn = (notes: Notes): RuleName[] =>
  [...check(notes.history)].filter(([, { broken }]) => broken.length > 0).map(([name]) => name)

/** A session that ends a second after its only visit. */
const short = () => new Notes().begin('s').end('s', 1_000)
/** One that logs in at 100, of a principal who may have one. */
const loggedIn = (session: string, at: number, notes = new Notes()) =>
  notes.begin(session, at).visit('login', session, at + 100, { received: `${session}.2` })

const lease = 30_000

describe('the checker of the soak finds nothing wrong', () => {
  const innocent: Readonly<Record<string, () => Notes>> = {
    'where a session lives and ends': () =>
      new Notes()
        .begin('s')
        .write('s', 100, '1')
        .visit('increment', 's', 200, { seen: { name: 's', a: '1' }, sum: 1 })
        .read('s', 300, { a: '1', sum: 1 })
        .end('s', 1_300, { data: { a: '1', sum: 1 } })
        .read('s', 1_400, null),
    'where a session reaches its greatest age': () =>
      new Notes().begin('s', 0, { lifetime: 500 }).read('s', 400).end('s', 500, { reason: 'lifetime' }),
    'where a handler failed and ran again': () =>
      new Notes().begin('s').fail('s', 1_000).end('s', 2_500, { attempt: 2 }),
    'where a handler failed for the last time': () =>
      [1, 2, 3, 4, 5].reduce((notes, attempt) => notes.fail('s', 1_000 * attempt, { attempt }), new Notes().begin('s')),
    'where a handler failed for the last time, and its process died before it could delete the record': () =>
      [1, 2, 3, 4, 5]
        .reduce((notes, attempt) => notes.fail('s', 1_000 * attempt, { attempt }), new Notes().begin('s'))
        .end('s', 5_000 + lease, { attempt: 6, process: '1.0' })
        .dies(5_010),
    'where a process died in the handler, or before it': () =>
      new Notes()
        .begin('s')
        .line('s', 1_000, {})
        .end('s', 1_000 + lease, { attempt: 2, process: '1.0' })
        .begin('t')
        .end('t', 1_000 + lease, { attempt: 2, process: '1.0' })
        .dies(1_010),
    'where the answer to a begin was lost, whether it was stored or not': () =>
      new Notes()
        .begin('s', 100, { status: 0 })
        .begin('t', 100, { status: 0 })
        .end('t', 1_100, { reason: 'timeout' })
        .dies(105),
    'where a login ends the oldest session': () =>
      loggedIn('t', 300, loggedIn('s', 0))
        .end('s', 500, { reason: 'evicted' })
        .read('s', 600, null)
        .read('t', 650, {}, { cookie: 't.2' })
        .end('t', 1_650),
    'where a process died in a login, and the next one sees to the limit': () =>
      loggedIn('u', 700, loggedIn('s', 0).begin('t', 300).visit('login', 't', 400, { status: 0 }).dies(405))
        .read('s', 500, {}, { cookie: 's.2' })
        .read('t', 500)
        .end('s', 850, { reason: 'evicted', process: '1.0' })
        .end('t', 850, { reason: 'evicted', process: '1.0' })
        .end('u', 1_800, { process: '1.0' }),
    'where a session ends while it is changed': () =>
      new Notes()
        .begin('s')
        .visit('invalidate', 's', 100, { received: '' })
        .write('s', 105, '1')
        .visit('increment', 's', 105, { status: 409, code: 'SCOPE_LOST' })
        .end('s', 112, { reason: 'invalidated' }),
    'where a session goes on under another id, because the store had not learned of its visits': () =>
      new Notes({ hasHeirs: true })
        .begin('s')
        .read('s', 900)
        .end('s', 1_100, { id: 'orphan' })
        .read('s', 1_200, {}, { received: 'heir.1' })
        .write('s', 1_900, '1', { cookie: 'heir.1' })
        .end('s', 2_900, { id: 'heir', data: { a: '1' } }),
    'where a slow request saves too late': () =>
      new Notes().begin('s').write('s', 100, '1', { end: 1_600, nap: 1_490 }).end('s', 1_110),
    'where a process died while a handler waited that had loaded the session just before': () =>
      new Notes()
        .begin('s')
        .write('s', 900, '1', { end: 1_500, status: 0, nap: 800 })
        .read('s', 1_600, {}, { node: 1 })
        .end('s', 2_600, { process: '1.0' })
        .dies(1_499),
    'where one visit finds a session expired that another one is about to touch': () =>
      new Notes().begin('s').read('s', 990, {}, { end: 1_050 }).read('s', 1_020, null, { node: 1 }).end('s', 2_000),
    'where the directory does not tell a session that a visit is about to touch': () =>
      loggedIn('s', 0)
        .read('s', 1_090, {}, { cookie: 's.2', end: 1_150 })
        .ask('find', 's', 1_120, { found: [], node: 1 })
        .end('s', 2_100),
    'where another node gives a session the time of its slack': () =>
      new Notes({ slack: 0.1 })
        .begin('s')
        .read('s', 1_020, null)
        .read('s', 1_050, {}, { node: 1 })
        .end('s', 2_100, { process: '1.0' }),
    'where the touch of a visit was not sent, since another had come just before': () =>
      new Notes({ unsentShare: 0.1 }).begin('s').read('s', 80, {}).end('s', 1_001),
    'where requests of one node share what the store refuses': () =>
      new Notes({ sharesValues: true })
        .begin('s')
        .visit('increment', 's', 100, { status: 409, code: 'SCOPE_LOST' })
        .ask('end', 's', 101, { ended: 1 })
        .visit('read', 's', 101, { seen: { name: 's', sum: 1 } })
        .end('s', 115, { reason: 'ended' }),
    'where a node ends all sessions of a principal, but not one that another node has ended': () =>
      loggedIn('t', 50, loggedIn('s', 0, new Notes({ limit: 2, learnsWithinMs: 1_000 })))
        .ask('end', 's', 200, { ended: 1, node: 1 })
        .end('s', 205, { reason: 'ended', process: '1.0' })
        .ask('endOthers', 't', 300, { ended: 0 })
        .read('s', 320, {}, { cookie: 's.2' })
        .end('t', 1_150),
    'where a node learns late what another one did': () =>
      new Notes({ learnsWithinMs: 1_000 })
        .begin('s')
        .ask('end', 's', 100, { ended: 1 })
        .read('s', 150, {}, { node: 1 })
        .end('s', 120, { reason: 'ended' }),
  }
  it.for(Object.entries(innocent))('%s', ([, notes]) => {
    expect(brokenIn(notes())).toEqual([])
  })
})

/** By the rule that is broken, and no other. */
const guilty: Readonly<Record<RuleName, Readonly<Record<string, () => Notes>>>> = {
  everyEnd: {
    'an end that nobody handled': () => new Notes().begin('s'),
    'a handler that never finished': () => new Notes().begin('s').line('s', 1_000, {}),
    'a handler that failed and was not tried again': () => new Notes().begin('s').fail('s', 1_000),
    'the end of a session that nobody began': () => short().end('stranger', 1_000),
  },
  once: {
    'one attempt twice': () => short().end('s', 1_500),
    'a second attempt though the first succeeded': () => short().end('s', 1_000 + lease, { attempt: 2 }),
    'a second attempt though the process had ended in good order': () =>
      short()
        .end('s', 1_000 + lease, { attempt: 2, process: '1.0' })
        .dies(1_001, 'SIGTERM'),
    'a second attempt though the process died long after the first': () =>
      short()
        .end('s', 1_000 + lease, { attempt: 2, process: '1.0' })
        .dies(9_000),
    'a second attempt before the lease was over': () =>
      new Notes().begin('s').line('s', 1_000, {}).end('s', 9_000, { attempt: 2, process: '1.0' }).dies(1_001),
    'a second attempt without a first, where nobody died': () =>
      new Notes().begin('s').end('s', 40_000, { attempt: 2 }),
    'a sixth attempt': () =>
      [1, 2, 3, 4, 5]
        .reduce((notes, attempt) => notes.fail('s', 1_000 * attempt, { attempt }), new Notes().begin('s'))
        .end('s', 9_000, { attempt: 6 }),
    'other data in the second attempt': () =>
      new Notes()
        .begin('s')
        .fail('s', 1_000)
        .end('s', 2_500, { attempt: 2, data: { b: '1' } }),
  },
  soleHeirs: {
    'two ends where nothing goes on': () => short().end('s', 1_500, { id: 'heir' }),
    'an end of what went on from a session that was invalidated': () =>
      new Notes({ hasHeirs: true })
        .begin('s')
        .visit('invalidate', 's', 100, { received: '' })
        .end('s', 110, { reason: 'invalidated', id: 'orphan' })
        .end('s', 1_100, { id: 'heir' }),
    'an end of what went on from a session with a principal': () =>
      loggedIn('s', 0, new Notes({ hasHeirs: true }))
        .end('s', 1_110, { id: 'orphan' })
        .end('s', 2_500, { id: 'heir' }),
  },
  trueReasons: {
    'a session that expired early': () => new Notes().begin('s').read('s', 500).end('s', 1_200),
    'a greatest age that came early': () =>
      new Notes().begin('s', 0, { lifetime: 800 }).end('s', 700, { reason: 'lifetime' }),
    'an invalidation that nobody asked for': () => new Notes().begin('s').end('s', 1_000, { reason: 'invalidated' }),
    'a session that was ended by nobody': () => new Notes().begin('s').end('s', 1_000, { reason: 'ended' }),
    'an idle time that somebody had made longer': () =>
      new Notes().begin('s').visit('timeout', 's', 100, { timeout: 3_000 }).end('s', 1_150),
  },
  neverLost: {
    'a session that is gone before its time': () => short().read('s', 500, null),
    'a change refused as if it had ended': () =>
      new Notes().begin('s').write('s', 500, '1', { status: 409, code: 'SCOPE_LOST' }).end('s', 1_500),
    'a session that is gone before it was ended': () =>
      new Notes().begin('s').read('s', 100, null).ask('end', 's', 300, { ended: 1 }).end('s', 312, { reason: 'ended' }),
  },
  noRevival: {
    'a session found after it was invalidated': () =>
      new Notes()
        .begin('s')
        .visit('invalidate', 's', 100, { received: '' })
        .read('s', 120)
        .end('s', 140, { reason: 'invalidated' }),
    'a session found after a directory had ended it': () =>
      new Notes().begin('s').ask('end', 's', 100, { ended: 1 }).read('s', 120).end('s', 140, { reason: 'ended' }),
    'a session found after its principal had ended all others': () =>
      loggedIn('s', 0)
        .begin('t', 100)
        .ask('endOthers', 't', 200, { ended: 1 })
        .read('s', 300, {}, { cookie: 's.2' })
        .end('s', 320, { reason: 'ended' })
        .end('t', 1_100),
    'a session found after its handler had begun': () =>
      new Notes().begin('s').ask('end', 's', 100, {}).end('s', 120, { reason: 'ended' }).read('s', 200),
    'a session found after its time': () => new Notes().begin('s').read('s', 1_500).end('s', 2_500),
    'a session found after its greatest age': () =>
      new Notes().begin('s', 0, { lifetime: 500 }).read('s', 600).end('s', 700, { reason: 'lifetime' }),
    'a session found too late by a node that must have learned it': () =>
      new Notes({ learnsWithinMs: 100 })
        .begin('s')
        .ask('end', 's', 100, { ended: 1 })
        .read('s', 500, {}, { node: 1 })
        .end('s', 550, { reason: 'ended' }),
  },
  noReopening: {
    'a session opened by the cookie of before a rotation': () =>
      new Notes().begin('s').visit('rotate', 's', 100, { received: 's.2' }).read('s', 200).end('s', 1_200),
  },
  nobodyElses: {
    "somebody else's session": () => short().begin('t').read('s', 10, { name: 't' }).end('t', 1_000),
  },
  noLostAttribute: {
    'a write that the next visit does not find': () =>
      new Notes()
        .begin('s')
        .write('s', 100, '1')
        .read('s', 200)
        .end('s', 1_200, { data: { a: '1' } }),
    'a write that the end handler does not get': () => new Notes().begin('s').write('s', 100, '1').end('s', 1_100),
    'a write that came back after its removal': () =>
      new Notes()
        .begin('s')
        .write('s', 100, '1')
        .write('s', 200, '')
        .end('s', 1_200, { data: { a: '1' } }),
  },
  sumsComeOut: {
    'an increment that the end handler does not get': () =>
      new Notes().begin('s').visit('increment', 's', 100, { sum: 1 }).end('s', 1_100),
    'two increments that came to the same': () =>
      new Notes()
        .begin('s')
        .visit('increment', 's', 100, { sum: 1 })
        .visit('increment', 's', 105, { sum: 1 })
        .end('s', 1_105, { data: { sum: 2 } }),
    'a change under a lock that was made twice': () =>
      new Notes()
        .begin('s')
        .visit('lock', 's', 100, { sum: 1 })
        .end('s', 1_100, { data: { locked: 2 } }),
  },
  limitKept: {
    'two sessions where one is allowed': () =>
      loggedIn('t', 100, loggedIn('s', 0))
        .read('s', 300, {}, { cookie: 's.2' })
        .read('t', 300, {}, { cookie: 't.2' })
        .end('s', 1_300)
        .end('t', 1_300),
    'a login after one whose process died, which leaves one too many': () =>
      loggedIn('u', 700, loggedIn('s', 0).begin('t', 300).visit('login', 't', 400, { status: 0 }).dies(405))
        .read('s', 900, {}, { cookie: 's.2' })
        .end('s', 1_900, { process: '1.0' })
        .end('t', 1_300, { process: '1.0' })
        .end('u', 1_800, { process: '1.0' }),
  },
  evictedInTurn: {
    'an eviction without need': () => loggedIn('s', 0).end('s', 500, { reason: 'evicted' }),
    'an eviction out of turn': () =>
      loggedIn('u', 400, loggedIn('t', 200, loggedIn('s', 0, new Notes({ limit: 2 }))))
        .end('t', 520, { reason: 'evicted' })
        .read('s', 600, {}, { cookie: 's.2' })
        .read('u', 600, {}, { cookie: 'u.2' })
        .end('s', 1_600)
        .end('u', 1_600),
  },
  trueDirectory: {
    'a session that the directory does not tell': () =>
      loggedIn('s', 0).ask('find', 's', 200, { found: [] }).read('s', 300, {}, { cookie: 's.2' }).end('s', 1_300),
    'a session that the directory tells after its end': () =>
      loggedIn('s', 0)
        .ask('end', 's', 200, { ended: 1 })
        .end('s', 220, { reason: 'ended' })
        .ask('find', 's', 300, { found: ['s'] }),
    'more sessions than are allowed': () =>
      loggedIn('t', 300, loggedIn('s', 0))
        .ask('find', 's', 450, { found: ['s', 't'] })
        .end('s', 500, { reason: 'evicted' })
        .end('t', 1_400),
    "somebody else's session": () => short().ask('find', 's', 200, { found: ['s'] }),
  },
  documentedAnswers: {
    'an error': () => short().visit('read', 's', 0, { status: 500 }),
    'no answer, where no process had died': () => short().visit('read', 's', 0, { status: 0 }),
    'no answer, long after a process had died': () =>
      new Notes().begin('s').end('s', 1_000, { process: '1.0' }).dies(500).visit('read', 's', 5_000, { status: 0 }),
    'a conflict, where nobody had rotated': () =>
      short().visit('rotate', 's', 0, { status: 409, code: 'SCOPE_CONFLICT' }),
    'a lock that was not to be had': () => short().visit('lock', 's', 0, { status: 409, code: 'LOCK_NOT_TAKEN' }),
  },
  nothingLeft: {
    'a record that is left': () => short().leaves('s'),
  },
}

describe.for(Object.entries(guilty))('the checker of the soak, by the rule %s, finds', ([rule, cases]) => {
  it.for(Object.entries(cases))('%s', ([, notes]) => {
    expect(brokenIn(notes())).toEqual([rule])
  })
})

describe('the checker of the soak', () => {
  it('knows no rule that is not tried here', () => {
    expect(Object.keys(guilty)).toEqual(Object.keys(rules))
  })

  it('names the session, and what is wrong with it', () => {
    const { broken } = rules.everyEnd({ ...emptyCase, history: new Notes().end('stranger', 7).history })
    expect(broken).toEqual(['stranger: the end of a session that nobody began, at 7'])
  })
})

const emptyCase = { sessions: new Map(), begun: [] }
