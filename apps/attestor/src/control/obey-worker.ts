import { readHost, type AddressGuard, type DevHosts } from "@attestream/address-guard";
import type { AttestorDownMessage, AttestorUpMessage } from "@attestream/shared/attestor-protocol";
import { AttestorRefused } from "../attestor-refused.ts";
import { issueEvidence, type EvidenceIssuerOptions } from "../evidence/issue-evidence.ts";
import type { Recordings } from "../recording/recordings.ts";
import { checkAddress } from "../tickets/check-address.ts";
import type { TicketOffice } from "../tickets/ticket-office.ts";

export interface ObeyOptions {
  tickets: TicketOffice;
  recordings: Recordings;
  evidence: EvidenceIssuerOptions;
  guard: AddressGuard;
  devHosts: DevHosts;
  mostConnections: number;
  newConnectionId: () => string;
}

/** What the workers' messages mean. `link` tells one worker's connections from another's. */
export function createObey(options: ObeyOptions) {
  const { tickets, recordings, evidence, mostConnections, newConnectionId } = options;
  return async (link: string, message: AttestorUpMessage): Promise<AttestorDownMessage | null> => {
    switch (message.type) {
      case "ticket.asked": {
        const { id, session, address, port } = message;
        const host = readHost(message.host);
        if (host.kind !== "name") throw new AttestorRefused("address_refused");
        checkAddress({ host: host.name, address, port }, options);
        if (recordings.count + tickets.outstanding >= mostConnections)
          throw new AttestorRefused("too_many_connections");
        const connection = newConnectionId();
        const ticket = tickets.give({ connection, link, session, host: host.name, address, port });
        return { type: "ticket.given", id, connection, ticket };
      }
      case "secrets.committed":
        recordings.find(message.connection, link)?.commit(message.commitment);
        return null;
      case "evidence.asked": {
        const recording = recordings.find(message.connection, link);
        if (recording === null) throw new AttestorRefused("connection_unknown");
        return { type: "evidence.given", id: message.id, evidence: await issueEvidence(message, recording, evidence) };
      }
      case "session.forgotten":
        recordings.forgetSession(message.session, link);
        return null;
      default:
        return message satisfies never;
    }
  };
}
