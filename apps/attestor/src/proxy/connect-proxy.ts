import type { IncomingMessage, Server } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { dialAddress } from "@attestream/address-guard";
import { ticketScheme } from "@attestream/shared/attestor-protocol";
import type { Logger } from "pino";
import type { Recording } from "../recording/recording.ts";
import type { Recordings } from "../recording/recordings.ts";
import type { Ticket, TicketOffice } from "../tickets/ticket-office.ts";
import { holdBack } from "./hold-back.ts";

export interface ConnectProxyOptions {
  tickets: TicketOffice;
  recordings: Recordings;
  commitWithinMs: number;
  log: Logger;
}

export interface ConnectProxy {
  /** Ends every connection. */
  close(): void;
}

const idleMs = 120_000;

/**
 * Opens the connections that tickets were given for, to the address that stands in the ticket, and records
 * them. A CONNECT without a ticket gets 407 whatever it names: nothing is looked up or dialled for it.
 */
export function attachConnectProxy(server: Server, options: ConnectProxyOptions): ConnectProxy {
  const { tickets, recordings, commitWithinMs, log } = options;
  const open = new Set<Duplex>();
  const track = (socket: Duplex) => {
    open.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => open.delete(socket));
  };

  const serve = async (request: IncomingMessage, client: Socket, head: Buffer) => {
    track(client);
    const ticket = redeem(tickets, request);
    if (ticket === null) return refuse(client, "407 Proxy Authentication Required");
    const recording = recordings.open(ticket);
    if (recording === null) return refuse(client, "503 Service Unavailable");
    const site = await dialAddress(ticket.address, ticket.port).catch(() => null);
    if (site === null || client.destroyed) {
      site?.destroy();
      recordings.forget(recording);
      return refuse(client, "502 Bad Gateway");
    }
    track(site);
    log.debug({ host: ticket.host }, "connection witnessed");
    client.write("HTTP/1.1 200 Connection established\r\n\r\n");
    if (head.length > 0) client.unshift(head);
    join(client, site, recording, commitWithinMs);
  };
  server.on("connect", (request, socket, head) => void serve(request, socket as Socket, head));

  return {
    close() {
      for (const socket of open) socket.destroy();
    },
  };
}

function redeem(tickets: TicketOffice, request: IncomingMessage): Ticket | null {
  const [, text] =
    new RegExp(`^${ticketScheme} ([A-Za-z0-9_-]{43})$`).exec(request.headers["proxy-authorization"] ?? "") ?? [];
  const [, address, port] = /^\[?([0-9a-fA-F.:]+?)\]?:(\d{1,5})$/.exec(request.url ?? "") ?? [];
  if (text === undefined) return null;
  return tickets.redeem(text, { address: address ?? "", port: Number(port ?? 0) });
}

function refuse(client: Socket, status: string): void {
  client.end(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
}

function join(client: Socket, site: Socket, recording: Recording, commitWithinMs: number): void {
  const destroy = () => {
    client.destroy();
    site.destroy();
  };
  const late = setTimeout(() => recording.release(), commitWithinMs).unref();
  recording.whenReleased(() => clearTimeout(late));
  client.setTimeout(idleMs, destroy);
  client.on("close", () => {
    recording.release();
    site.destroy();
  });
  site.on("close", () => {
    if (!site.readableEnded) client.destroy();
  });
  site.on("data", (chunk: Buffer) => recording.received(chunk));
  const held = holdBack(recording);
  held.on("error", destroy);
  client.pipe(held).pipe(site);
  site.pipe(client);
}
