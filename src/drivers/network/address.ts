export interface Address {
  readonly host: string
  readonly port: number
}

/** Parses `host:port`. */
export function addressOf(text: string): Address {
  const { hostname, port } = new URL(`http://${text}`)
  return { host: withoutBrackets(hostname), port: Number(port || 80) }
}

/** Removes the brackets of an IPv6 address in a URL. */
export const withoutBrackets = (hostname: string): string => hostname.replace(/^\[|\]$/g, '')
