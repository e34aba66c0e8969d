/** A generated id that begins with a hyphen, as one of 64 does. No option has this form. */
const hyphenedId = /^-[\w-]{21}$/
/** The options without a value: the argument behind any other is its value. */
const flags: readonly string[] = ['--json', '--yes', '-y', '--all', '--connect']

/** The arguments of the command line with ids that look like options moved behind `--`, where no argument is an option. */
export function withoutHyphenedIds(args: readonly string[]): readonly string[] {
  if (args.includes('--')) return args
  const isId = (arg: string, at: number) => {
    const before = args[at - 1] ?? ''
    return hyphenedId.test(arg) && (!before.startsWith('-') || flags.includes(before))
  }
  const ids = args.filter(isId)
  return ids.length === 0 ? args : [...args.filter((arg, at) => !isId(arg, at)), '--', ...ids]
}
