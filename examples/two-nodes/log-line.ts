/** The message of a JSON log line, with the code of its error; any other line unchanged. */
export function shortLine(line: string): string {
  try {
    const { err, msg } = JSON.parse(line)
    return err ? `${msg} (${err.code ?? err.message})` : msg
  } catch {
    return line
  }
}
