import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))
export const docs = fileURLToPath(new URL('..', import.meta.url))
/** Made by `writeReference()`, and known to no Git. */
export const reference = fileURLToPath(new URL('../api', import.meta.url))
/** The site. */
export const built = fileURLToPath(new URL('dist', import.meta.url))
