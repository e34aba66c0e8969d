/** One step into a value; a function words what is not a property. */
export type Step = PropertyKey | (() => string)

/** A message stays readable when a value is nested deeply. */
const longestPath = 20

/** As JavaScript would reach it: `session.cart[3].options["gift wrap"]`. */
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
