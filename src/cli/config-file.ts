import type { Command } from 'commander'
import { defaultFile } from './default-file.js'
import { UsageError } from './usage-error.js'

export interface FileFlags {
  readonly config?: string
}

const description = `the configuration (default: ${defaultFile})`

/** Adds the option that names the configuration. */
export const takesConfig = (command: Command): Command => command.option('-c, --config <file>', description)

/** Adds the option, and the argument `[file]` that says the same, for a command without other arguments. */
export const takesFile = (command: Command): Command => takesConfig(command.argument('[file]', description))

/** Throws UsageError if two files are named. */
export function fileFrom(file: string | undefined, { config }: FileFlags): string {
  if (file !== undefined && config !== undefined)
    throw new UsageError(`Name one configuration: ${file}, or ${config} with --config.`)
  return file ?? config ?? defaultFile
}
