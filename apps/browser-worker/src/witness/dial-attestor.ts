import type { Socket } from "node:net";
import { ticketScheme } from "@attestream/shared/attestor-protocol";
import { dialThrough } from "../egress/upstream-proxy.ts";
import type { AttestorLink } from "./attestor-link.ts";

export interface AttestedSocket {
  /** The connection, as the attestor calls it. */
  connection: string;
  socket: Socket;
}

/** A connection to this address, past the attestor. */
export async function dialAttestor(
  link: AttestorLink,
  target: { session: string; host: string; address: string; port: number },
  ca: string | undefined,
): Promise<AttestedSocket> {
  const answer = await link.ask({ type: "ticket.asked", ...target });
  if (answer.type !== "ticket.given") throw new Error("the attestor gave no ticket");
  const url = new URL(link.address.url);
  const secure = url.protocol === "https:";
  const { reach } = link;
  const dial = dialThrough({
    secure,
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: Number(url.port || (secure ? 443 : 80)),
    authorization: `${ticketScheme} ${answer.ticket}`,
    ca,
    connect: reach && (() => reach(url)),
  });
  return { connection: answer.connection, socket: await dial(target.address, target.port) };
}
