interface SocketError {
  readonly code?: string
  readonly syscall?: string
  readonly address?: string
  readonly port?: number
  readonly hostname?: string
  readonly errors?: readonly unknown[]
}

const unknownAuthority = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_GET_ISSUER_CERT',
])

/** A peer that takes a request and says nothing, as Go's HTTP client words it. */
export const NO_ANSWER = 'http: timeout awaiting response headers'

/** What went wrong with a connection, in the words of Go's net and crypto packages, which scripts look for. */
export function networkReason(error: unknown): string {
  const cause = firstOf(error)
  const {code = '', address, port, hostname} = cause as SocketError
  if (unknownAuthority.has(code))
    return 'tls: failed to verify certificate: x509: certificate signed by unknown authority'
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return `tls: failed to verify certificate: x509: ${messageOf(cause)}`
  if (code === 'CERT_HAS_EXPIRED')
    return 'tls: failed to verify certificate: x509: certificate has expired or is not yet valid'
  if (code === 'EPROTO' || code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG')
    return 'http: server gave HTTP response to HTTPS client'
  if (code === 'ECONNREFUSED') return `dial tcp ${address}:${port}: connect: connection refused`
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `dial tcp: lookup ${hostname}: no such host`
  if (code === 'ECONNRESET' || code === 'EPIPE') return 'read: connection reset by peer'
  return messageOf(cause)
}

/** Node tries every address of a host and reports all failures together. */
function firstOf(error: unknown): unknown {
  const {errors} = error as SocketError
  return errors && errors.length > 0 ? errors[0] : error
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
