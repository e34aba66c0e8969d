import { reasonOf } from '../errors/scopes-error.js'

/** Of an import as Node reports it, or of a require, which does not tell packages from files. */
const missingPackage = /^Cannot find (?:package|module) '((?:@[\w.-]+\/)?[\w-][\w.-]*)(?:\/[^']*)?'/

/** Why a module could not be imported, in one line, and what to do. */
export function failedImport(error: unknown): { readonly reason: string; readonly remedy: string } {
  const [reason = ''] = reasonOf(error).split('\n')
  const isMissing = error instanceof Error && 'code' in error && /^(ERR_)?MODULE_NOT_FOUND$/.test(String(error.code))
  const name = isMissing ? missingPackage.exec(reason)?.[1] : undefined
  if (name !== undefined) return { reason, remedy: `Run: npm install ${name}` }
  return { reason, remedy: isMissing ? 'Correct the path of that import.' : 'Correct it where its cause says.' }
}
