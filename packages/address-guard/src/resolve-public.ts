import type { AddressGuard } from "./address-guard.ts";
import { readHost } from "./read-host.ts";

/** All addresses of a name. Rejects when there is none. */
export type Resolve = (hostname: string) => Promise<string[]>;

export type Resolution = { ok: true; addresses: string[] } | { ok: false; reason: "dns_failed" | "address_refused" };

/**
 * The addresses that may be connected to. The name is asked once, and every answer must be public: one
 * that is not refuses them all, since a name that mixes both is not an accident. The caller connects to
 * one of these and does not resolve again, so a name that changes its mind in between gains nothing.
 * A number is checked like an answer.
 */
export async function resolvePublic(
  hostname: string,
  options: {
    guard: AddressGuard;
    resolve: Resolve;
    /** Named by the operator for development, with its port. */
    isDevHost?: boolean;
  },
): Promise<Resolution> {
  const { guard, resolve, isDevHost = false } = options;
  const host = readHost(hostname);
  if (host.kind === "malformed") return { ok: false, reason: "dns_failed" };
  const addresses = host.kind === "address" ? [host.text] : await resolve(host.name).catch(() => []);
  if (addresses.length === 0) return { ok: false, reason: "dns_failed" };
  const allowed = addresses.every((address) => guard.isPublic(address) || (isDevHost && guard.isDevelopment(address)));
  return allowed ? { ok: true, addresses } : { ok: false, reason: "address_refused" };
}
