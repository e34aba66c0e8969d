const redacted = '[redacted]'

/** The end of a key whose value is a secret, as in `set-cookie`, `clientSecret` or `x-auth-token`. */
const secretKey =
  /(?:^pass|password|passwd|passphrase|pwd|secret|token|cookie|authorization|credential|api[-_]?key|private[-_]?key|rawheader)s?$/i
/** User and password of a URL. */
const userInfo = /\/\/[^\s/"\\:@]*:[^\s/"\\]*@/g
/** A header line within a text, as the client of HTTP in Node keeps it. */
const headerLine = /\b(cookie|authorization): *[^\r\n]+/gi
/** Without one of these a line has nothing to redact, and need not be parsed. */
const suspicious =
  /pass|pwd|secret|token|cookie|authorization|credential|key|rawheaders|"args"|\/\/[^\s/"\\:@]*:[^\s/"\\]*@/i

/**
 * A line of JSON without its secrets: values of keys with a secret's name, however deep, arguments of commands that a
 * client of Redis adds to its errors, and passwords in URLs. It works on the line and not on the objects, because what is
 * logged may be alive: a walk through a Koa context calls all its getters, and some of them throw.
 */
export function redactedLine(line: string): string {
  if (!suspicious.test(line)) return line
  return `${JSON.stringify(JSON.parse(line, redactedValue))}\n`
}

function redactedValue(this: Readonly<Record<string, unknown>>, key: string, value: unknown): unknown {
  const isOfCommand = key === 'args' && typeof this.name === 'string'
  if (value !== null && (isOfCommand || secretKey.test(key))) return redacted
  return typeof value === 'string' ? redactedText(value) : value
}

const redactedText = (text: string): string =>
  text.replace(userInfo, `//${redacted}@`).replace(headerLine, (_, name: string) => `${name}: ${redacted}`)
