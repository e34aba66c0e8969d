import { createInterface } from 'node:readline/promises'

/** Whether there is a terminal to ask at. */
export const canAsk = (): boolean => process.stdin.isTTY === true && process.stderr.isTTY === true

/** Asks on the terminal. Anything but y or yes is a no, also the end of the input. */
export async function confirmed(question: string): Promise<boolean> {
  const asking = createInterface({ input: process.stdin, output: process.stderr })
  const ended = new AbortController()
  asking.once('close', () => ended.abort())
  try {
    const answer = await asking.question(`${question} [y/N] `, { signal: ended.signal })
    return /^y(es)?$/i.test(answer.trim())
  } catch {
    return false // Ctrl-C or Ctrl-D
  } finally {
    asking.close()
  }
}
