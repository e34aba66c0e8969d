/**
 * Whether this package runs from its sources: their loader (tsx, Vitest) loads application modules in TypeScript too. `npm run build` puts
 * a module in place of this one that says no, so that bundlers see no URL, which CommonJS has not.
 */
export const runsAsTypeScript: boolean = import.meta.url.endsWith('.ts')
