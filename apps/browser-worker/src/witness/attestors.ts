import type { AttestorAddress } from "@attestream/shared/attestor-protocol";
import type { EvidenceGapCode } from "@attestream/shared/worker-protocol";
import type { Logger } from "pino";
import type { UpstreamProxy } from "../egress/upstream-proxy.ts";
import { AttestorGoneError, AttestorLink } from "./attestor-link.ts";
import { reachAttestor } from "./reach-attestor.ts";

/** The attestors that the operator has named, in the order in which they are tried. */
export interface Attestors {
  /** Whether there is any. */
  readonly isConfigured: boolean;
  /** The first that answers and may be used for this platform, or why there is none. */
  reach(platform: string): Promise<AttestorLink | EvidenceGapCode>;
  close(): void;
}

/** One that did not answer is left alone for so long: sessions do not wait for it again and again. */
const restMs = 10_000;

export function createAttestors(options: {
  addresses: readonly AttestorAddress[];
  /** One for all, or one for each. */
  tokens: readonly string[];
  ca: string | undefined;
  /** The worker's only way out, if it has one. */
  gateway?: UpstreamProxy | undefined;
  /** Monotonic, milliseconds. */
  now: () => number;
  log: Logger;
}): Attestors {
  const { addresses, tokens, ca, gateway, now, log } = options;
  const links = addresses.map((address, index) => ({
    link: new AttestorLink({
      address,
      token: tokens[index] ?? tokens[0] ?? "",
      ca,
      reach: reachAttestor(address.url, gateway),
      log,
    }),
    restsUntil: 0,
    gap: "attestor_unavailable" as EvidenceGapCode,
  }));

  return {
    isConfigured: links.length > 0,
    async reach(platform) {
      let gap: EvidenceGapCode = "no_attestor";
      for (const entry of links) {
        if (entry.link.address.platforms?.includes(platform) === false) continue;
        if (now() >= entry.restsUntil) {
          try {
            await entry.link.open();
            return entry.link;
          } catch (error) {
            entry.restsUntil = now() + restMs;
            entry.gap =
              error instanceof AttestorGoneError && error.reason === "key" ? "attestor_key" : "attestor_unavailable";
          }
        }
        gap = entry.gap;
      }
      return gap;
    },
    close() {
      for (const { link } of links) link.close();
    },
  };
}
