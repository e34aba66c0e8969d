/** So many texts are remembered, so that made-up ones, such as the paths of requests, fill no memory. */
const most = 100

/** Tells the first time of each text, for warnings that come once. After 100 texts no other one is a first. */
export class FirstTimes {
  readonly #seen = new Set<string>()

  isFirst(text: string): boolean {
    if (this.#seen.has(text) || this.#seen.size >= most) return false
    this.#seen.add(text)
    return true
  }
}
