import { parseProof, UnreadableProof } from "@attestream/attestation/verify";
import * as z from "zod";
import type { Given } from "./given.ts";

/** Far more than any proof; keeps a wrong file from filling the memory. */
export const maxFileBytes = 4 * 1024 * 1024;

const keySetSchema = z.looseObject({
  keys: z.array(z.looseObject({ kid: z.unknown().optional(), type: z.unknown().optional() })),
});
const compactPattern = /^[\w-]+\.[\w-]+\.[\w-]+(?:~[\w~-]*)?$/;

/** Tells what a file is by what is in it. Checks nothing: that is the verifier's work. */
export function recognise(text: string): Given {
  const trimmed = text.trim();
  if (trimmed === "") return { kind: "unknown", problem: "The file is empty." };
  if (!trimmed.startsWith("{")) return recogniseCompact(trimmed);
  let json: unknown;
  try {
    json = JSON.parse(trimmed);
  } catch {
    return { kind: "unknown", problem: "The file begins like JSON and is not: it may have been cut off or edited." };
  }
  const type = stringAt(json, "type");
  if (type?.startsWith("urn:attestream:predicate-proof:"))
    return { kind: "predicate-proof", json, issuer: stringAt(memberOf(json, "header"), "iss") };
  if (type?.startsWith("urn:attestream:bbs-credential:") || hasCredential(json)) return credential;
  const keys = keySetSchema.safeParse(json);
  if (keys.success) {
    if (keys.data.keys.some((key) => typeof key.type === "string")) return { kind: "bbs-keys", json };
    return { kind: "keys", json, kids: keys.data.keys.flatMap(({ kid }) => (typeof kid === "string" ? [kid] : [])) };
  }
  const receipt = stringAt(json, "receipt") ?? stringAt(memberOf(json, "data"), "receipt");
  if (receipt !== null) return recogniseCompact(receipt);
  try {
    return attestation(trimmed);
  } catch (error) {
    return {
      kind: "unknown",
      problem: error instanceof UnreadableProof ? error.message : "This JSON is no proof and no key set.",
    };
  }
}

const credential: Given = {
  kind: "unknown",
  problem:
    "This is a credential, from which its holder makes proofs. It shows all its values: keep it. Make a proof with: attestream prove",
};

function recogniseCompact(text: string): Given {
  if (!compactPattern.test(text))
    return { kind: "unknown", problem: "This is no proof, no key set and no status list." };
  const [header = "", payload = ""] = text.split(".");
  const type = stringAt(decode(header), "typ");
  if (type === "statuslist+jwt") return { kind: "status-list", jwt: text };
  if (type === "erasure-receipt+jwt") return { kind: "receipt", jwt: text, issuer: stringAt(decode(payload), "iss") };
  if (text.includes("~")) return attestation(text);
  return { kind: "unknown", problem: "This is a signed token, and not one that this page knows." };
}

function attestation(text: string): Given {
  const proof = parseProof(text);
  const [header = "", payload = ""] = proof.attestation.split(".");
  const claims = decode(payload);
  return {
    kind: "attestation",
    proof,
    issuer: stringAt(claims, "iss"),
    statusUri: stringAt(memberOf(memberOf(claims, "status"), "status_list"), "uri"),
    signerKid: stringAt(decode(header), "kid"),
  };
}

function hasCredential(json: unknown): boolean {
  return (memberOf(json, "credential") ?? memberOf(memberOf(json, "data"), "credential")) !== undefined;
}

/** Unverified: only to know which keys to ask for. */
function decode(part: string): unknown {
  try {
    const bytes = Uint8Array.from(atob(part.replaceAll("-", "+").replaceAll("_", "/")), (character) =>
      character.charCodeAt(0),
    );
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

function memberOf(value: unknown, name: string): unknown {
  return value !== null && typeof value === "object" && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

function stringAt(value: unknown, name: string): string | null {
  const member = memberOf(value, name);
  return typeof member === "string" ? member : null;
}
