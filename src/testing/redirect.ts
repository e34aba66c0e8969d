import type { Question } from './question.js'

const statuses = [301, 302, 303, 307, 308]
const bodyHeaders = ['content-type', 'content-encoding', 'content-language', 'content-location']

/**
 * The request that follows a response, as fetch would make it; undefined if there is none, or if it goes to another host, which no
 * test is to ask.
 */
export function redirected(question: Question, { headers, status }: Response, host: string): Question | undefined {
  const location = headers.get('location')
  if (location === null || !statuses.includes(status)) return undefined
  const from = `http://${host}${question.path}`
  if (!URL.canParse(location, from)) return undefined
  const to = new URL(location, from)
  if (!isSameSite(to, new URL(from))) return undefined
  const path = to.pathname + to.search
  return becomesGet(status, question.method) ? asGet({ ...question, path }) : { ...question, path }
}

/** The site itself, or itself behind the TLS of a proxy. */
const isSameSite = (to: URL, from: URL): boolean =>
  to.username === '' &&
  (to.origin === from.origin || (to.protocol === 'https:' && to.port === '' && to.hostname === from.hostname))

const becomesGet = (status: number, method: string): boolean =>
  status === 303 ? method !== 'HEAD' : status < 303 && method === 'POST'

const asGet = (question: Question): Question => ({
  ...question,
  method: 'GET',
  headers: Object.fromEntries(Object.entries(question.headers).filter(([name]) => !bodyHeaders.includes(name))),
  body: new Uint8Array(),
})
