type Part = Html | readonly Html[] | string | number

/** A piece of a page. Only `html` makes one. */
export class Html {
  readonly #text: string

  private constructor(text: string) {
    this.#text = text
  }

  /** Keeps the template's own text; escapes every value put into it that is not an `Html`. */
  static of(literals: TemplateStringsArray, ...parts: readonly Part[]): Html {
    return new Html(String.raw({ raw: literals }, ...parts.map(textOf)))
  }

  toString(): string {
    return this.#text
  }
}

export const html = Html.of

function textOf(part: Part): string {
  if (part instanceof Html) return part.toString()
  if (typeof part === 'object') return part.join('')
  return escaped(String(part))
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

const escaped = (text: string) => text.replace(/[&<>"']/g, (character) => entities[character] ?? character)
