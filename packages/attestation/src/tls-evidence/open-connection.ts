import type { OpenedConnection, OpenOptions } from "./opened-connection.ts";
import type { RecordedConnection, ServerSecrets } from "./recorded-connection.ts";
import { TlsEvidenceRefused } from "./tls-refusal.ts";

/** Opens what the server sent, and checks that it was this server. Throws TlsEvidenceRefused. */
export function openConnection(
  connection: RecordedConnection,
  _secrets: ServerSecrets,
  _options: OpenOptions,
): OpenedConnection {
  throw new TlsEvidenceRefused("truncated", `Of ${connection.received.length} bytes none are read yet.`);
}
