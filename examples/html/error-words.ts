/** What visitors read in place of a page. */
export interface ErrorWords {
  readonly title: string
  readonly text: string
  /** The words of the link that leads back. */
  readonly back: string
}

const back = 'Back to the first page'

const unexpected: ErrorWords = {
  title: 'Something went wrong',
  text: 'The mistake is ours, and it is in our log. Please try again in a while.',
  back,
}

const words: Readonly<Record<number, ErrorWords>> = {
  400: { title: 'Please check what you have written', text: 'Something in the form cannot be used.', back },
  401: { title: 'Please log in', text: 'This page is for visitors who are logged in.', back },
  403: {
    title: 'This form is no longer valid',
    text: 'Nothing was changed. Open the page again, and send the form from there.',
    back,
  },
  404: { title: 'There is no such page', text: 'It may have moved, or its address has a mistake.', back },
  409: {
    title: 'That came too late',
    text: 'Another window was faster, and nothing was changed here. Open the page again to see how it is now.',
    back,
  },
  413: { title: 'That is too much', text: 'Please send less at once. Nothing was changed.', back },
  503: {
    title: 'One moment, please',
    text: 'We cannot reach what we have stored for you. It is not lost. Please try again in a few seconds.',
    back: 'Try again',
  },
}

/** The words for an error. The message of a 400 is for visitors, as in `ctx.throw(400, message)`; those of others are for the log. */
export function wordsFor(error: unknown): ErrorWords {
  const { message = '', status = 500 } = error as { readonly message?: string; readonly status?: number }
  const found = words[status] ?? unexpected
  return status === 400 && message !== '' ? { ...found, text: message } : found
}
