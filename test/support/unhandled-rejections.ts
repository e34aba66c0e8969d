import { onTestFinished } from 'vitest'

/** Rejections that nothing handled, for the length of a test. */
export function unhandledRejections(): unknown[] {
  const unhandled: unknown[] = []
  const note = (error: unknown) => void unhandled.push(error)
  process.on('unhandledRejection', note)
  onTestFinished(() => void process.off('unhandledRejection', note))
  return unhandled
}
