/** One step into a value: a property, or a function that returns the text of another kind of step. */
export type Step = PropertyKey | (() => string)

/** The most steps shown, so that messages stay readable for deeply nested values. */
const longestPath = 20

/** Writes a path as a JavaScript expression: `session.cart[3].options["gift wrap"]`. */
export function formatPath(root: string, steps: readonly Step[]): string {
  const shown = steps.slice(0, longestPath).map(formatStep).join('')
  return root + shown + (steps.length > longestPath ? '…' : '')
}

export const mapKeyStep = (index: number) => () => `.keys()[${index}]`

export const mapValueStep = (key: unknown, index: number) => () =>
  typeof key === 'string' || typeof key === 'number' ? `.get(${JSON.stringify(key)})` : `.values()[${index}]`

export const setMemberStep = (index: number) => () => `.values()[${index}]`

function formatStep(step: Step): string {
  if (typeof step === 'function') return step()
  if (typeof step !== 'string') return `[${String(step)}]`
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`
}
