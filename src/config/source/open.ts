import { dirname, resolve } from 'node:path'
import type { Source } from './source.js'
import { readText } from './text.js'
import { readYaml } from './yaml.js'

/** Opens a configuration. Throws ConfigError if the file is missing or is not YAML. */
export async function openSource(from: string | object): Promise<Source> {
  if (typeof from === 'string') return openFile(from)
  return { name: 'config', directory: process.cwd(), tree: from, problems: [], locate: () => undefined }
}

async function openFile(file: string): Promise<Source> {
  const text = await readText(file)
  return { name: file, directory: dirname(resolve(file)), ...readYaml(text, file) }
}
