import { z } from 'zod'
import type { About } from './option-types.js'
import { ownWords } from './own-words.js'

const leastBytes = 32
/** Random text of 32 bytes has more different letters, in any encoding. */
const leastLetters = 8
const madeUp = /change.?me|example|placeholder|password|secret|your.?key/i
const remedy =
  'Make one with: node -p "crypto.randomBytes(32).toString(\'base64url\')" and give it in an environment variable.'

const isLong = (key: string) => key === '' || Buffer.byteLength(key) >= leastBytes
const isRandom = (key: string) => !isLong(key) || key === '' || (new Set(key).size >= leastLetters && !madeUp.test(key))

/**
 * Secrets of at least 32 random bytes, at least one. An empty text behind the
 * first key is none, so that a variable may be unset.
 */
export const secretKeys = (about: About) =>
  z
    .array(
      z
        .string()
        .refine(isLong, { message: `is shorter than ${leastBytes} bytes`, params: ownWords(remedy) })
        .refine(isRandom, { message: 'is no random key', params: ownWords(remedy) }),
    )
    .superRefine((keys, context) => {
      if (keys[0] === '' && keys.some((key) => key !== ''))
        context.addIssue({
          code: 'custom',
          message: 'is empty, so the key behind it would seal in its place',
          path: [0],
          params: ownWords('Set its variable, or put the key that seals in front.'),
        })
      const seen = new Set([''])
      for (const [index, key] of keys.entries())
        if (key !== '' && seen.size === seen.add(key).size)
          context.addIssue({
            code: 'custom',
            message: 'is in the list twice',
            path: [index],
            params: ownWords('Remove one of them.'),
          })
    })
    .meta(about)
    .transform((keys) => keys.filter((key) => key !== ''))
    .refine((keys) => keys.length > 0, { message: 'holds no key', params: ownWords(remedy) })
