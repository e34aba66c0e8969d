import type { CST, Document } from 'yaml'

/** A problem at a place in the text. */
export interface TextProblem {
  readonly offset: number
  readonly path?: string
  readonly problem: string
  readonly remedy: string
}

/** The deepest nesting allowed. The composer is recursive, so much deeper nesting would exhaust its stack. */
const deepest = 64

/** Sentences in place of messages that repeat the text, which may be a password without quotes. */
const sentences: Partial<Record<string, string>> = {
  BAD_COLLECTION_TYPE: 'Unresolved tag',
  BAD_DIRECTIVE: 'Unknown directive',
  BAD_DQ_ESCAPE: 'Invalid escape sequence',
  TAG_RESOLVE_FAILED: 'Unresolved tag',
}

const remedies: Partial<Record<string, string>> = {
  BAD_SCALAR_START: 'Put the value in quotes.',
  TAB_AS_INDENT: 'Indent with spaces.',
  BAD_DIRECTIVE: 'Remove it, or put the value in quotes.',
  BAD_DQ_ESCAPE: 'Write \\\\ for a backslash, or put the value in single quotes.',
  TAG_RESOLVE_FAILED: 'Put the value in quotes if it begins with !. Tags have no meaning in a configuration.',
}

/** Of each line the first, since the others are mostly its consequences. */
export function syntaxProblems(document: Document): TextProblem[] {
  const found = [...document.errors, ...document.warnings]
  const ofLines = new Map(found.toReversed().map((error) => [error.linePos?.[0].line ?? error.pos[0], error]))
  return found
    .filter((error) => ofLines.get(error.linePos?.[0].line ?? error.pos[0]) === error)
    .map(({ code, message, pos: [offset] }) => ({
      offset,
      problem: `${sentences[code] ?? withoutSource(message)}.`,
      remedy: remedies[code] ?? 'Correct the YAML here. A value that contains { } [ ] , # or : belongs in quotes.',
    }))
}

/** Removes the piece of the text that some messages end with, after a colon: it may contain a secret. */
export const withoutSource = (message: string) => message.replace(/(?<=\S): .*$/s, '')

export function secondDocument(document: Document.Parsed): TextProblem {
  return {
    offset: document.range[0],
    problem: 'A second document begins here.',
    remedy: 'Remove the line --- before it: a configuration is one document.',
  }
}

/** Reports the first node below the deepest level allowed. */
export function nestedTooDeep(tokens: readonly CST.Token[]): TextProblem[] {
  let level = tokens
  for (let depth = 0; depth < deepest; depth++) level = level.flatMap(children)
  return level.slice(0, 1).map(({ offset }) => ({
    offset,
    problem: `This is nested more than ${deepest} levels deep.`,
    remedy: 'No configuration needs that.',
  }))
}

function children(token: CST.Token): CST.Token[] {
  if (token.type === 'document') return token.value ? [token.value] : []
  if (!('items' in token)) return []
  return token.items.flatMap(({ key, value }) => [key, value].filter((child) => child != null))
}
