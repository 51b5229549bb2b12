import { z } from "zod";
import { sha256Base64url } from "../digest.ts";
import { findReservedName } from "../reserved-name.ts";
import { reservedNames } from "../vocabulary.ts";
import { decodeJson } from "./split-compact.ts";
import { Refused } from "./verify-result.ts";

const disclosureSchema = z.tuple([z.string(), z.string().min(1), z.unknown()]);
const digestsSchema = z.array(z.string()).default([]);
const hashAlgorithmSchema = z.literal("sha-256").default("sha-256");

export interface OpenedDisclosures {
  /** The payload with every disclosed claim in its place, and without the digests. */
  claims: Record<string, unknown>;
  withheld: number;
  /** Every digest in `claims` that was signed, disclosed or not. */
  fieldDigests: ReadonlySet<string>;
  /** Name of a disclosed field -> its digest. */
  disclosedDigests: ReadonlyMap<string, string>;
}

/**
 * Puts disclosures in their places. This type of credential has digests at two places only, the top
 * level and `claims`; anything else is refused, as is a disclosure that no digest asks for, a digest
 * that occurs twice, and a disclosure that would replace a signed claim.
 */
export async function openDisclosures(
  payload: Record<string, unknown>,
  disclosures: string[],
): Promise<OpenedDisclosures> {
  const { _sd: topDigests, _sd_alg: hashAlgorithm, claims: packed, ...plain } = payload;
  if (!hashAlgorithmSchema.safeParse(hashAlgorithm).success)
    throw new Refused("disclosure_invalid", "Its hash is not sha-256.");
  if (packed === null || typeof packed !== "object" || Array.isArray(packed))
    throw new Refused("claims_invalid", "Look at claims.");
  const { _sd: fieldDigests, ...plainFields } = packed as Record<string, unknown>;
  if (findReservedName(plain) !== undefined || findReservedName(plainFields) !== undefined)
    throw new Refused("disclosure_invalid");

  const top = digestsSchema.safeParse(topDigests);
  const field = digestsSchema.safeParse(fieldDigests);
  if (!top.success || !field.success) throw new Refused("disclosure_invalid");
  const places = new Map<string, Record<string, unknown>>();
  for (const [digests, target] of [
    [top.data, plain],
    [field.data, plainFields],
  ] as const) {
    for (const digest of digests) {
      if (places.has(digest)) throw new Refused("disclosure_invalid", "A digest occurs twice.");
      places.set(digest, target);
    }
  }

  const disclosedDigests = new Map<string, string>();
  const digests = await Promise.all(disclosures.map(sha256Base64url));
  for (const [index, disclosure] of disclosures.entries()) {
    const digest = digests[index] ?? "";
    const target = places.get(digest);
    if (target === undefined) throw new Refused("disclosure_invalid");
    places.delete(digest);
    const parsed = disclosureSchema.safeParse(decodeJson(disclosure));
    if (!parsed.success) throw new Refused("disclosure_invalid");
    const [, name, value] = parsed.data;
    const taken = Object.hasOwn(target, name) || (target === plain && name === "claims");
    if (taken || reservedNames.has(name) || findReservedName(value) !== undefined)
      throw new Refused("disclosure_invalid");
    target[name] = value;
    if (target === plainFields) disclosedDigests.set(name, digest);
  }
  return {
    claims: { ...plain, claims: plainFields },
    withheld: places.size,
    fieldDigests: new Set(field.data),
    disclosedDigests,
  };
}
