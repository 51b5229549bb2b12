import { lookup } from "node:dns/promises";
import { connect, type Socket } from "node:net";
import { isPublicAddress } from "./address-guard.ts";

export type Resolve = (host: string) => Promise<string[]>;

export const resolveWithSystem: Resolve = async (host) =>
  (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address);

export class EgressRefused extends Error {
  override readonly name = "EgressRefused";
}

const connectTimeoutMs = 10_000;

/** Resolves once, refuses if any answer is not public, and dials the very addresses that were checked: a name that changes its answer gains nothing. */
export async function dialPublic(host: string, port: number, resolve: Resolve): Promise<Socket> {
  const addresses = await resolve(host);
  if (addresses.length === 0 || !addresses.every((address) => isPublicAddress(address)))
    throw new EgressRefused("the name does not lead to a public address");
  let failure: unknown;
  for (const address of addresses.slice(0, 4)) {
    try {
      return await dial(address, port);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

export function dial(address: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port, timeout: connectTimeoutMs });
    socket.once("connect", () => {
      socket.setTimeout(0);
      socket.setNoDelay(true);
      socket.off("error", reject);
      resolve(socket);
    });
    socket.once("timeout", () => socket.destroy(new Error("timed out")));
    socket.once("error", reject);
  });
}
