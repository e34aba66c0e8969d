/** The folder bench/, relative to the compiled form of this file. */
export const benchFolder = new URL('../../', import.meta.url)
