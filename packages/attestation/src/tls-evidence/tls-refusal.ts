/** Why a recording is no evidence. Closed and append-only: programs branch on these. */
export const tlsRefusals = {
  not_tls: "These bytes are no TLS records.",
  tls_version: "The server speaks a version of TLS before 1.3.",
  cipher_suite: "The server chose a cipher suite that was not offered or is not supported.",
  resumed: "The connection was resumed from an earlier one, so it has no certificate of the server in it.",
  early_data: "The client offered early data, which is sent before the server has proved itself.",
  truncated: "The recording ends before the server has proved itself.",
  handshake_failed: "The server ended the handshake with an alert.",
  handshake_invalid: "A message of the handshake is malformed, or not where it belongs.",
  server_name: "The client asked the server for another name, or for none.",
  alpn: "The connection speaks another protocol than HTTP/1.1 or HTTP/2.",
  wrong_secrets: "The first record does not open: the secret belongs to another connection, or the record was altered.",
  record_invalid: "A record was altered, left out, repeated or put in from elsewhere.",
  certificate_compression: "The server's certificates are compressed in a way that cannot be undone.",
  certificate_invalid: "A certificate is malformed, too weak, or not meant for this use.",
  certificate_untrusted: "The server's certificate leads to none of the given roots.",
  certificate_time: "A certificate of the server is not valid at this time.",
  certificate_name: "The server's certificate is for another name.",
  certificate_verify: "The server's signature over the handshake does not fit its certificate.",
  finished: "The server's Finished does not fit the handshake.",
  http_invalid: "What the server sent is no HTTP of the negotiated version.",
  http_too_large: "What the server sent is larger than is read.",
  http_encoding: "A response is encoded in a way that cannot be undone.",
  replay_request: "The disclosed part of the request is not one request for this server.",
  replay_keys: "The disclosed keys do not open the request's first and last part.",
  replay_hidden: "The hidden part of the request is missing, or larger than is accepted.",
  replay_responses: "The hidden part of the request did not get exactly one response.",
} as const;

export type TlsRefusal = keyof typeof tlsRefusals;

export class TlsEvidenceRefused extends Error {
  override readonly name = "TlsEvidenceRefused";
  readonly code: TlsRefusal;

  /** `detail` says which message or limit; never what was sent. */
  constructor(code: TlsRefusal, detail?: string) {
    super(detail === undefined ? tlsRefusals[code] : `${tlsRefusals[code]} ${detail}`);
    this.code = code;
  }
}
