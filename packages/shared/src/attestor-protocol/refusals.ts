/** Why an attestor does not do what it is asked. Closed and append-only. */
export const attestorRefusals = {
  bad_message: "The message is not one of the protocol.",
  address_refused: "The address is not a public one, and not one of a development host.",
  port_refused: "Only the ports of the web are connected to.",
  too_many_connections: "Too many connections are witnessed at once.",
  connection_unknown: "There is no such connection, or it was forgotten.",
  session_mismatch: "The connection was witnessed for another session.",
  not_connected: "Nothing was sent over the connection yet.",
  secrets_uncommitted: "The secrets were not committed to before the browser sent anything.",
  secrets_mismatch: "The secrets are not those that were committed to.",
  recording_incomplete: "More went over the connection than is recorded.",
  tls_refused: "The connection's TLS does not prove who sent what.",
  platform_invalid: "The platform definition is not valid.",
  platform_mismatch: "The platform definition is not the one whose hash was given.",
  workflow_unknown: "This attestor does not work for such a workflow.",
  part_unproved: "The platform definition does not ask for a proof of this part.",
  host_mismatch: "The platform definition does not name this host for the part.",
  part_page_only: "The part has no fields that are read from a response.",
  mode_mismatch: "The platform definition asks for the other mode.",
  response_unknown: "No response with this body came over the connection.",
  response_failed: "The response is an error of the site's.",
  request_mismatch: "The request is not one that the platform definition names.",
  fields_unreadable: "The part's rules do not read this response.",
  internal: "The attestor failed.",
} as const;

export type AttestorRefusal = keyof typeof attestorRefusals;

export const attestorRefusalCodes = Object.keys(attestorRefusals) as [AttestorRefusal, ...AttestorRefusal[]];
