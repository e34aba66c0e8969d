import type { CST, Document } from 'yaml'

/** A mistake at a place in the text. */
export interface TextMistake {
  readonly offset: number
  readonly path?: string
  readonly problem: string
  readonly remedy: string
}

/** The composer is recursive: a much deeper nesting would exhaust its stack. */
const deepest = 64

const remedies: Partial<Record<string, string>> = {
  BAD_SCALAR_START: 'Put the value in quotes.',
  TAB_AS_INDENT: 'Indent with spaces.',
  TAG_RESOLVE_FAILED: 'Remove it: tags have no meaning in a configuration.',
}

export function syntaxMistakes(document: Document): TextMistake[] {
  return [...document.errors, ...document.warnings].map(({ code, message, pos: [offset] }) => ({
    offset,
    problem: `${withoutSource(message)}.`,
    remedy: remedies[code] ?? 'Correct the YAML here.',
  }))
}

/** Some messages end with a piece of the text, which may be a secret. */
const withoutSource = (message: string) => message.replace(/(: "|(?<=escape sequence) ).*$/s, '')

export function secondDocument(document: Document.Parsed): TextMistake {
  return {
    offset: document.range[0],
    problem: 'A second document begins here.',
    remedy: 'Remove the line --- before it: a configuration is one document.',
  }
}

/** The first node below the deepest level allowed. */
export function nestedTooDeep(tokens: readonly CST.Token[]): TextMistake[] {
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
