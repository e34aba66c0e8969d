interface Paged {
  readonly cursor?: string
}

/** The pages of a listing, each asked for when the one before has been read. */
export async function* pagesOf<Page extends Paged>(ask: (from: Paged) => Promise<Page>): AsyncGenerator<Page> {
  let from: Paged = {}
  for (;;) {
    const page = await ask(from)
    yield page
    if (page.cursor === undefined) return
    from = { cursor: page.cursor }
  }
}
