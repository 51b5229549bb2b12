import { request as requestHttp } from "node:http";
import { isIP, type Socket } from "node:net";
import { connect as connectTls, rootCertificates } from "node:tls";
import { dialAddress } from "@attestream/address-guard";
import type { Dial } from "./dial-public.ts";

/** The operator's own proxy, through which a platform's connections go out. */
export interface UpstreamProxy {
  secure: boolean;
  /** Name or address; the operator's, and not checked. */
  host: string;
  port: number;
  /** Value of Proxy-Authorization. Secret. */
  authorization: string | undefined;
  /** PEM: authorities that are trusted for `secure` besides the usual ones. */
  ca?: string | undefined;
  /** How it is reached, where that is not by connecting to `host` and `port`. */
  connect?: (() => Promise<Socket>) | undefined;
}

export class UpstreamFailed extends Error {
  override readonly name = "UpstreamFailed";
  /** What it answered; null where it did not. */
  readonly status: number | null;

  constructor(status: number | null) {
    super(`the upstream proxy answered ${status ?? "nothing"}`);
    this.status = status;
  }
}

const answerWithinMs = 15_000;

/** Asks the upstream proxy for a tunnel to an address. It is never told the name: it would resolve it again, unchecked. */
export function dialThrough(upstream: UpstreamProxy): Dial {
  return async (address, port) => {
    const socket = await reach(upstream).catch(() => {
      throw new UpstreamFailed(null);
    });
    const target = `${address.includes(":") ? `[${address}]` : address}:${port}`;
    return new Promise((resolve, reject) => {
      const fail = (status: number | null) => {
        socket.destroy();
        reject(new UpstreamFailed(status));
      };
      const asked = requestHttp({
        method: "CONNECT",
        path: target,
        createConnection: () => socket,
        headers: {
          host: target,
          ...(upstream.authorization === undefined ? {} : { "proxy-authorization": upstream.authorization }),
        },
        timeout: answerWithinMs,
      });
      asked.once("connect", (answer, tunnel, head) => {
        if (answer.statusCode !== 200) return fail(answer.statusCode ?? null);
        tunnel.setTimeout(0);
        if (head.length > 0) tunnel.unshift(head);
        resolve(socket);
      });
      asked.once("timeout", () => fail(null));
      asked.once("error", () => fail(null));
      asked.end();
    });
  };
}

async function reach(upstream: UpstreamProxy): Promise<Socket> {
  const plain = await (upstream.connect?.() ?? dialAddress(upstream.host, upstream.port));
  if (!upstream.secure) return plain;
  return new Promise((resolve, reject) => {
    const socket = connectTls({
      socket: plain,
      // What the certificate must be for; a number has no place among the server names of TLS.
      host: upstream.host,
      ...(isIP(upstream.host) === 0 ? { servername: upstream.host } : {}),
      ...(upstream.ca === undefined ? {} : { ca: [...rootCertificates, upstream.ca] }),
      ALPNProtocols: ["http/1.1"],
      timeout: answerWithinMs,
    });
    socket.once("secureConnect", () => {
      socket.setTimeout(0);
      socket.off("error", reject);
      resolve(socket);
    });
    socket.once("timeout", () => socket.destroy(new Error("timed out")));
    socket.once("error", reject);
  });
}
