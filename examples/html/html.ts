type Part = Html | readonly Part[] | string | number | undefined | false

/** A piece of a page. Only `html` makes one. */
export class Html {
  readonly #text: string

  private constructor(text: string) {
    this.#text = text
  }

  /** Keeps the template's own text, and escapes every value put into it that is not an `Html`; undefined and false are nothing. */
  static of(literals: TemplateStringsArray, ...parts: readonly Part[]): Html {
    return new Html(String.raw({ raw: literals }, ...parts.map(textOf)))
  }

  toString(): string {
    return this.#text
  }
}

export const html = Html.of

function textOf(part: Part): string {
  if (part === undefined || part === false) return ''
  if (part instanceof Html) return part.toString()
  if (typeof part === 'object') return part.map(textOf).join('')
  return escaped(String(part))
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

const escaped = (text: string) => text.replace(/[&<>"']/g, (character) => entities[character] ?? character)
