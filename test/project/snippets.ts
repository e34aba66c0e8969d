import { documents, read } from './sources.js'

/** A fenced block of a document. */
export interface Snippet {
  readonly document: string
  readonly language: string
  /** Of its first line of text, from 1. */
  readonly line: number
  readonly text: string
}

/** The fenced blocks of the README and of all documents. */
export const snippets = documents.flatMap(snippetsIn)

function snippetsIn(document: string): Snippet[] {
  const content = read(document)
  return [...content.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(({ 1: language = '', 2: text = '', index }) => ({
    document,
    language,
    line: content.slice(0, index).split('\n').length + 1,
    text,
  }))
}
