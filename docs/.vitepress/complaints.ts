import { format } from 'node:util'

/** What VitePress, Vite and Vue warn of on the console from now on: a site with a warning is not built. */
export function complaints(): string[] {
  const heard: string[] = []
  console.warn = console.error = (...words: readonly unknown[]) => {
    heard.push(format(...words))
  }
  return heard
}
