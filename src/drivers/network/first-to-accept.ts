interface Question<Server, Answer> {
  /** In the order in which they are asked; one at least. */
  readonly servers: readonly Server[]
  /** Must give up when the signal aborts. */
  ask(server: Server, signal: AbortSignal): Promise<Answer>
  /** Ends what a server gave that accepted too late. */
  discard(answer: Answer): void
  /** How long a server that does not answer is waited for before the next one is asked too. */
  readonly headStartMs: number
}

/**
 * Asks several servers, and resolves with the answer of the first that accepts. The next one is asked as soon as one has refused, or has
 * not answered for a while. If all refuse, rejects with an AggregateError of their reasons, in the order of the servers.
 */
export function firstToAccept<Server, Answer>(question: Question<Server, Answer>): Promise<Answer> {
  const { servers, ask, discard, headStartMs } = question
  const decided = new AbortController()
  const reasons: unknown[] = []
  return new Promise((resolve, reject) => {
    let asked = 0
    let refused = 0
    let headStart: NodeJS.Timeout | undefined
    const askNext = () => {
      clearTimeout(headStart)
      const place = asked
      const server = servers[place]
      if (server === undefined || decided.signal.aborted) return
      asked += 1
      headStart = setTimeout(askNext, headStartMs)
      ask(server, decided.signal).then(accept, (reason) => refuse(place, reason))
    }
    const accept = (answer: Answer) => {
      if (decided.signal.aborted) return discard(answer)
      clearTimeout(headStart)
      decided.abort()
      resolve(answer)
    }
    const refuse = (place: number, reason: unknown) => {
      reasons[place] = reason
      refused += 1
      askNext()
      if (refused === servers.length) reject(new AggregateError(reasons, 'no server has accepted'))
    }
    askNext()
  })
}
