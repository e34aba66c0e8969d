import { type Shape, visitorsOf } from './content.js'
import type { Contestant } from './contestants.js'

export interface Workload {
  readonly name: string
  /** Workloads of one group share a table. */
  readonly group: string
  readonly page: string
  /** The content of each visitor's session; absent: visitors come without a cookie. */
  readonly shape?: Shape
  /** Requests a second, in place of the common rate. */
  readonly perSecond?: number
  /** Each visitor's requests go to two nodes in turn. */
  readonly alternating?: boolean
  /** The number of visitors that always wait for an answer; absent: requests come at the common rate. */
  readonly atOnce?: number
  readonly for: (contestant: Contestant) => boolean
}

/** The number of requests in which each of its visitors comes once. */
export const onceEach = ({ shape }: Workload): number => (shape ? visitorsOf(shape) : 100)

/** A session in a cookie has to be small. */
const isInCookie = ({ role, storage }: Contestant) => role === 'peer' && storage === 'none'
const withStore = (contestant: Contestant) => !isInCookie(contestant)
const isWriteToLmdb = ({ role, storage }: Contestant) => role === 'wire' && storage === 'lmdb'
const everyone = (shape?: Shape) => (contestant: Contestant) =>
  !isWriteToLmdb(contestant) && (shape === undefined || shape === 'small' || withStore(contestant))
/** Such a write is the floor of a change. */
const everyoneAt = (page: string, shape: Shape) => (contestant: Contestant) =>
  everyone(shape)(contestant) ||
  (isWriteToLmdb(contestant) && page === pages['change one attribute'] && shape === 'small')
const withSessions = (shape?: Shape) => (contestant: Contestant) =>
  contestant.role !== 'wire' && everyone(shape)(contestant)
const shared = (contestant: Contestant) =>
  contestant.role !== 'wire' &&
  withStore(contestant) &&
  (contestant.role !== 'ours' || (contestant.variant?.endsWith('cluster') ?? false))
const oursAndFloors = ({ role, framework }: Contestant) => role === 'ours' || (role === 'bare' && framework === 'koa')

const sizes = { '0.5 KB': 'small', '20 KB': 'medium', '200 KB': 'large' } as const satisfies Record<string, Shape>

const sizeOf = (shape: Shape) => Object.entries(sizes).find(([, it]) => it === shape)?.[0]

const pages = {
  'not used': 'none',
  'read one attribute': 'read',
  'change one attribute': 'assign',
  'change a nested value': 'nested',
}

const ordinary: readonly Workload[] = Object.entries(sizes).flatMap(([size, shape]) =>
  Object.entries(pages).map(([what, page]) => ({
    name: `${size}, ${what}`,
    group: `A session of ${size}`,
    page: `/${page}`,
    shape,
    for: everyoneAt(page, shape),
  })),
)

/** Most servers are quiet: a process that mostly waits runs cold, which costs long paths more than short ones. */
const lowRate = 1_000
export const atLowRate = (workload: string): string => `${workload}, ${lowRate.toLocaleString('en')} a second`
const quiet: readonly Workload[] = [
  ...(['small', 'medium'] as const).flatMap((shape) =>
    (['read one attribute', 'change one attribute'] as const).map((what) => ({
      name: `${sizeOf(shape)}, ${what}`,
      page: `/${pages[what]}`,
      shape,
      for: everyoneAt(pages[what], shape),
    })),
  ),
  { name: 'first visit, stores 0.5 KB', page: '/fill/small', for: withSessions() },
].map((workload) => ({
  ...workload,
  name: atLowRate(workload.name),
  group: `At ${lowRate.toLocaleString('en')} requests a second`,
  perSecond: lowRate,
}))

const crowded: readonly Workload[] = Object.entries(sizes).map(([size, shape]) => ({
  name: `${size}, change one attribute, 50 at once`,
  group: '50 visitors at once',
  page: '/assign',
  shape,
  atOnce: 50,
  for: withSessions(shape),
}))

const visits = { group: 'Without a session' }
const worst = { group: 'Worst cases', for: withSessions('lump') }
const rich = { group: 'Values that need superjson', shape: 'rich', for: oursAndFloors } as const

export const workloads: readonly Workload[] = [
  ...ordinary,
  { ...visits, name: 'new visitor, stores nothing', page: '/none', for: everyone() },
  { ...visits, name: 'first visit, stores 0.5 KB', page: '/fill/small', for: withSessions() },
  ...quiet,
  ...crowded,
  { ...worst, name: '20 KB in one attribute, changed', page: '/nested', shape: 'lump' },
  {
    ...worst,
    name: '20 KB, changed on two nodes in turn',
    page: '/nested',
    shape: 'medium',
    alternating: true,
    for: shared,
  },
  { ...rich, name: '20 KB of Dates and Sets, read', page: '/read' },
  { ...rich, name: '20 KB of Dates and Sets, changed', page: '/nested' },
]
