import type { Reading } from './reading.js'

type Unit = 'b' | 'kb' | 'mb' | 'gb'

/** A number of bytes, or one with a unit: `512kb`, `64mb`, `1.5gb`, in upper case too; 1kb is 1024 bytes. */
export type ByteSize = number | `${bigint | `${bigint}.${number}`}${Unit | Uppercase<Unit>}`

const unitBytes = { b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 }

/** The form of a size written as a string. The JSON Schema uses the same pattern. */
export const byteSizePattern = /^(\d+(?:\.\d+)?)([kKmMgG]?[bB])?$/

export function readByteSize(value: unknown): Reading<number> {
  const bytes = typeof value === 'number' ? value : written(value)
  if (bytes === undefined) return { problem: 'is not a size', remedy: 'Write it as in 512kb, 64mb or 2gb.' }
  const whole = Math.round(bytes)
  if (whole < 1 || !Number.isSafeInteger(whole)) return { problem: 'is out of range', remedy: 'Write it as in 64mb.' }
  return { value: whole }
}

function written(value: unknown): number | undefined {
  const match = typeof value === 'string' ? byteSizePattern.exec(value) : null
  if (!match) return undefined
  const [, amount, unit = 'b'] = match
  return Number(amount) * unitBytes[unit.toLowerCase() as keyof typeof unitBytes]
}
