/** A client of the service: it keeps the token that the last answer had. */
export class NotesClient {
  readonly #url: string
  #token = ''

  constructor(url: string) {
    this.#url = url
  }

  login(name: string, password: string): Promise<unknown> {
    return this.#ask('POST', '/login', { name, password })
  }

  notes(): Promise<unknown> {
    return this.#ask('GET', '/notes')
  }

  add(text: string): Promise<unknown> {
    return this.#ask('POST', '/notes', { text })
  }

  logout(): Promise<unknown> {
    return this.#ask('POST', '/logout')
  }

  /** The header is always sent, at first without a value: it asks for a token in place of a cookie. */
  async #ask(method: string, path: string, body?: object): Promise<unknown> {
    const response = await fetch(this.#url + path, {
      method,
      headers: { 'X-Auth-Token': this.#token, ...(body && { 'Content-Type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    })
    this.#token = response.headers.get('X-Auth-Token') ?? this.#token
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
    return response.status === 204 ? undefined : response.json()
  }
}
