import type { Socket } from "node:net";
import { resolvePublic, type AddressGuard, type Resolve } from "@attestream/address-guard";

export class EgressRefused extends Error {
  override readonly name = "EgressRefused";
  /** Not for what was asked, but for how much: it may be asked again. */
  readonly isLimit: boolean;

  constructor(reason: string, isLimit = false) {
    super(reason);
    this.isLimit = isLimit;
  }
}

/** Connects to an address, never to a name. */
export type Dial = (address: string, port: number) => Promise<Socket>;

/** A name may have many; the time to try them all is the page's. */
const mostTried = 4;

/** Resolves once, refuses if any answer is not public, and dials the very addresses that were checked: a name that changes its answer gains nothing. */
export async function dialPublic(
  host: string,
  port: number,
  options: { resolve: Resolve; guard: AddressGuard; dial: Dial },
): Promise<Socket> {
  const resolution = await resolvePublic(host, options);
  if (!resolution.ok) {
    if (resolution.reason === "address_refused") throw new EgressRefused("address");
    throw new Error("the name was not resolved");
  }
  let failure: unknown;
  for (const address of resolution.addresses.slice(0, mostTried)) {
    try {
      return await options.dial(address, port);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}
