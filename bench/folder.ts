/** bench/, as seen from where this file is compiled to. */
export const benchFolder = new URL('../../', import.meta.url)
