/** What a line of a node's log says, in short; a line of another kind as it is. */
export function shortLine(line: string): string {
  try {
    const { err, msg } = JSON.parse(line)
    return err ? `${msg} (${err.code ?? err.message})` : msg
  } catch {
    return line
  }
}
