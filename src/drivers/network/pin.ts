import { createHash, X509Certificate } from 'node:crypto'
import { checkServerIdentity, type PeerCertificate } from 'node:tls'

const digest = /^(?:sha256\/+)?([A-Za-z\d+/]{43}=)$/
const fingerprint = /^(?:[\da-f]{2}:?){31}[\da-f]{2}$/i

/** A SHA-256 digest in lower-case hex; undefined if the text is none, in the form of openssl, of curl or of HTTP. */
export function pinIn(text: string): string | undefined {
  if (fingerprint.test(text)) return text.replaceAll(':', '').toLowerCase()
  const base64 = digest.exec(text)?.[1]
  return base64 && Buffer.from(base64, 'base64').toString('hex')
}

/** The check of a server's certificate that a TLS client makes after it has verified who signed it. */
export type IdentityCheck = (host: string, certificate: PeerCertificate) => Error | undefined

/** Compares the certificate with a name, by default that of the host, and with pins: of the certificate or of its public key. */
export function identityCheck(servername: string | undefined, pins: readonly string[]): IdentityCheck {
  return (host, certificate) =>
    checkServerIdentity(servername ?? host, certificate) ?? (pins.length > 0 ? pinError(pins, certificate) : undefined)
}

function pinError(pins: readonly string[], { raw }: PeerCertificate): Error | undefined {
  const key = new X509Certificate(raw).publicKey.export({ type: 'spki', format: 'der' })
  const found = [raw, key].map((bytes) => createHash('sha256').update(bytes).digest('hex'))
  if (found.some((hex) => pins.includes(hex))) return undefined
  return new Error(
    `the certificate of the server is not one of those that tls.pin names: its fingerprint is ${found[0]}`,
  )
}
