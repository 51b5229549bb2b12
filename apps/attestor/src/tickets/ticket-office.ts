import { createHash } from "node:crypto";

/** What a ticket is good for: one connection, to exactly this address. */
export interface Ticket {
  connection: string;
  /** Of the control link on which it was asked for. */
  link: string;
  /** The binding of the session that it is for. */
  session: string;
  host: string;
  address: string;
  port: number;
}

export interface TicketOffice {
  give(ticket: Ticket): string;
  /** The ticket, and it is used up; null where it is none, is too old, or is for another address. */
  redeem(text: string, target: { address: string; port: number }): Ticket | null;
  /** Tickets that are neither used nor too old. */
  readonly outstanding: number;
}

export const ticketLifeMs = 30_000;

/** Tickets open connections through the proxy, and nothing else does: without it this would be an open proxy. */
export function createTicketOffice(options: {
  now: () => number;
  randomBytes: (length: number) => Buffer;
}): TicketOffice {
  const { now, randomBytes } = options;
  /** By hash: how long a look-up takes tells nothing of a ticket. */
  const given = new Map<string, Ticket & { expiresAt: number }>();
  const sweep = () => {
    // In the order in which they were given.
    for (const [key, { expiresAt }] of given) {
      if (expiresAt > now()) return;
      given.delete(key);
    }
  };

  return {
    get outstanding() {
      sweep();
      return given.size;
    },
    give(ticket) {
      sweep();
      const text = randomBytes(32).toString("base64url");
      given.set(hash(text), { ...ticket, expiresAt: now() + ticketLifeMs });
      return text;
    },
    redeem(text, { address, port }) {
      sweep();
      const key = hash(text);
      const ticket = given.get(key);
      // Shown once, it is used up, whatever it was shown for.
      given.delete(key);
      return ticket && ticket.address === address && ticket.port === port ? ticket : null;
    },
  };
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
