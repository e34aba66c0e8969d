import type { RequestScope } from './request-scope.js'

/** Gives a request's record a new secret and keeps only the attributes in `keep`. If that fails, all attributes are kept. */
export async function rotateKeeping(request: RequestScope, keep: readonly string[]): Promise<void> {
  const { record } = request
  for (const name of record?.attributes.names() ?? []) if (!keep.includes(name)) request.delete(name)
  try {
    await request.rotate(record?.stored ? { clear: { except: keep } } : {})
  } catch (error) {
    request.discard()
    throw error
  }
}
