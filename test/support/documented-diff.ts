import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

export const textOf = (file: string): string => readFileSync(root + file, 'utf8')

/** The fenced blocks of a document in one language, in its order. */
export const blocksOf = (document: string, language: string): readonly string[] =>
  [...textOf(document).matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(([, text = '']) => text)

/** The two texts of a diff that shows whole files: each line begins with a blank, a minus or a plus. */
export function sidesOf(diff: string): { readonly before: string; readonly after: string } {
  const lines = diff.split('\n').slice(0, -1)
  const side = (sign: string) =>
    lines.flatMap((line) =>
      line === '' ? ['\n'] : /[ +-]/.test(line[0] ?? '') && line[0] !== sign ? [`${line.slice(1)}\n`] : [],
    )
  return { before: side('+').join(''), after: side('-').join('') }
}
