import {
  asDuration,
  asTimeout,
  type ByteSize,
  type ConfigInput,
  type Container,
  type Duration,
  type ScopeHandle,
  type Timeout,
} from 'koa-scopes'

declare const container: Container
declare const minutes: number
declare const handle: ScopeHandle
declare const text: string
const { TIMEOUT = '5m' } = process.env

export const durations: readonly Duration[] = [
  '500ms',
  '90s',
  '30m',
  '12h',
  '90d',
  '1w',
  '1.5h',
  '0.05s',
  '1h30m',
  '1d12h',
  '5m30s',
  '1s500ms',
  '1w2d3h4m5s6ms',
  [0, 0, minutes, 0],
  asDuration(TIMEOUT),
  asDuration(`${minutes}m`),
]

export const mistakes: readonly Duration[] = [
  // @ts-expect-error no such unit
  '30 min',
  // @ts-expect-error no such unit
  '30min',
  // @ts-expect-error no such unit
  '2y',
  // @ts-expect-error a blank
  '30 m',
  // @ts-expect-error a blank
  ' 30m',
  // @ts-expect-error a blank
  '1h 30m',
  // @ts-expect-error no unit
  '30',
  // @ts-expect-error no unit
  30,
  // @ts-expect-error no number
  'm',
  // @ts-expect-error nothing
  '',
  // @ts-expect-error the larger unit comes first
  '30m1h',
  // @ts-expect-error upper case
  '30M',
  // @ts-expect-error only a timeout has it
  'never',
  // @ts-expect-error a text that may be anything: asDuration() reads it
  text,
  // @ts-expect-error a number that may be infinite
  `${minutes}m`,
  // @ts-expect-error days, hours, minutes and seconds
  [0, 0, 30],
]

export const timeouts: readonly Timeout[] = ['never', '30m', [0, 0, 30, 0], asTimeout(TIMEOUT)]

handle.timeout = '2h'
handle.lifetime = 'never'
// @ts-expect-error no such unit
handle.timeout = '2 hours'
// @ts-expect-error no such unit
handle.lifetime = '1year'

void handle.lock(() => {}, { wait: '1m', lease: '20s', hold: '1m30s' })
// @ts-expect-error a blank
void handle.lock(() => {}, { wait: '1 m' })
// @ts-expect-error a lock ends
void handle.lock(() => {}, { hold: 'never' })

void container.cache('pages').set('front', 'page', '5m')
void container.cache('pages').remember('front', '5m', () => 'page')
// @ts-expect-error no such unit
void container.cache('pages').set('front', 'page', '5 min')
// @ts-expect-error no such unit
void container.cache('pages').remember('front', '5 min', () => 'page')

export const configurations: readonly ConfigInput[] = [
  { applications: { shop: { session: { timeout: '30m', lifetime: '12h' }, client: { timeout: 'never' } } } },
  // biome-ignore lint/suspicious/noTemplateCurlyInString: references to variables
  { applications: { shop: { session: { timeout: '${SESSION_TIMEOUT:-30m}', memory: '${MEMORY}' } } } },
  { server: { drain: '0s', shutdown: '10s' }, caches: { pages: { driver: 'memory', deadline: '2s' } } },
  // @ts-expect-error no such unit
  { applications: { shop: { session: { timeout: '30 min' } } } },
  // @ts-expect-error no such unit
  { applications: { shop: { session: { lifetime: '12 h' } } } },
  // @ts-expect-error no such unit
  { server: { shutdown: '10 sec' } },
  // @ts-expect-error no such unit
  { caches: { pages: { driver: 'memory', deadline: '2 s' } } },
  // @ts-expect-error no such unit
  { applications: { shop: { session: { memory: '64 MB' } } } },
]

export const sizes: readonly ByteSize[] = [
  1024,
  '64mb',
  '1.5gb',
  '2GB',
  '100b',
  // @ts-expect-error a blank
  '64 mb',
  // @ts-expect-error no such unit
  '64m',
]
