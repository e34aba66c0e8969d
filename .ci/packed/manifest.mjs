import { Folder, packed, root } from './folder.mjs'

/** What publint and are-the-types-wrong find in package.json, in the files it names and in their types. */
export function checkManifest() {
  const project = new Folder(root)
  project.run('npx', 'publint', '--strict', packed())
  // There is no CommonJS build: require() of a supported Node, and TypeScript's node20, read the ES modules.
  project.run('npx', 'attw', '--profile', 'esm-only', packed())
}
