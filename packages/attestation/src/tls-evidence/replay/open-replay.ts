import type { OpenOptions } from "../opened-connection.ts";
import type { RecordedConnection, ServerSecrets } from "../recorded-connection.ts";
import { openConnection } from "../open-connection.ts";
import { readResponses } from "../http/read-responses.ts";
import { TlsEvidenceRefused } from "../tls-refusal.ts";
import type { OpenedReplay, ReplayClientKeys } from "./replay-types.ts";

/** Opens a connection of the replay client: what was asked for, but for the hidden lines, and the one answer. */
export function openReplay(
  connection: RecordedConnection,
  serverSecrets: ServerSecrets,
  _clientKeys: ReplayClientKeys,
  options: OpenOptions,
): OpenedReplay {
  readResponses(openConnection(connection, serverSecrets, options));
  throw new TlsEvidenceRefused("replay_keys");
}
