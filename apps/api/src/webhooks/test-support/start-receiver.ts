import { once } from "node:events";
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { CertificateAuthority } from "@attestream/testkit";

export interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface Receiver extends AsyncDisposable {
  port: number;
  received: Received[];
  /** Resolves when so many requests have arrived. */
  arrived(count: number): Promise<Received[]>;
}

/** Answers the n-th request, counted from 1. */
export type Answer = (response: ServerResponse, count: number, request: IncomingMessage) => void;

/** A partner's webhook endpoint over real TLS on loopback. */
export async function startReceiver(
  authority: CertificateAuthority,
  host: string,
  answer: Answer = (response) => void response.writeHead(204).end(),
): Promise<Receiver> {
  const received: Received[] = [];
  const waiting = new Set<() => void>();
  const server = createServer(await authority.issue(host), (request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => {
      body += text;
    });
    request.on("end", () => {
      received.push({ path: request.url ?? "", headers: request.headers, body });
      answer(response, received.length, request);
      for (const check of waiting) check();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    received,
    arrived(count) {
      const { promise, resolve } = Promise.withResolvers<Received[]>();
      const check = () => {
        if (received.length < count) return;
        waiting.delete(check);
        resolve(received);
      };
      waiting.add(check);
      check();
      return promise;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
