import type { Json } from "@attestream/shared";
import { checkCredential, openCredential } from "./check-credential.ts";
import { encodeBase64url } from "./base64url.ts";
import { findPublicKey } from "./bbs-key.ts";
import { comparableNumber } from "./encode-message.ts";
import { loadCryptoWasm } from "./load-crypto-wasm.ts";
import { plan } from "./plan-presentation.ts";
import { proofStatements } from "./proof-statements.ts";
import { ZeroKnowledgeRefused } from "./refusals.ts";
import { resolveRanges } from "./resolve-ranges.ts";
import { signatureParametersFor } from "./suite.ts";
import { predicateProofType, presentationSchema, type Predicate, type Presentation } from "./vocabulary.ts";

export interface DeriveRequest {
  predicates?: readonly Predicate[];
  /** Names of fields to show as they are. */
  reveal?: readonly string[];
  /** The verifier's nonce: a proof made for it answers no other question. */
  challenge?: string;
  /** The issuer's BBS keys, to know beforehand whether the proof can be believed. */
  keys?: unknown;
}

/**
 * Makes a proof from a credential, without the issuer and without any connection. Two proofs from one credential name
 * the same session; what they hide stays hidden. Throws ZeroKnowledgeRefused, also where a predicate is not true.
 */
export async function derivePresentation(credential: unknown, request: DeriveRequest): Promise<Presentation> {
  const opened = await openCredential(credential);
  const { header, values } = opened.credential;
  if (request.keys !== undefined) await checkCredential(credential, await findPublicKey(request.keys, header.kid));

  const { ranges, reveal, equal } = plan(header, request.predicates ?? [], request.reveal ?? []);
  for (const [name, expected] of equal) {
    if (!isSame(values[name], expected)) throw new ZeroKnowledgeRefused("predicate_unmet", `Look at ${name}.`);
  }
  for (const { index, min, max } of resolveRanges(header, ranges)) {
    const field = header.fields[index - 1];
    const value = field === undefined ? null : comparableNumber(field, values[field.name] ?? null);
    if (value === null || value < min || value > max)
      throw new ZeroKnowledgeRefused("predicate_unmet", `Look at ${field?.name}.`);
  }

  const library = await loadCryptoWasm();
  // A field that is shown as it is needs no proof of its range.
  const proven = ranges.filter((range) => reveal.every(({ field }) => field.name !== range.field));
  const resolved = resolveRanges(header, proven);
  const claimed = {
    type: predicateProofType,
    header,
    revealed: Object.fromEntries(reveal.map(({ field }) => [field.name, values[field.name] ?? null])),
    ranges: proven,
    ...(request.challenge === undefined ? {} : { challenge: request.challenge }),
  } satisfies Omit<Presentation, "proof">;
  const shown = new Set([0, ...reveal.map(({ index }) => index)]);
  const messagesWhere = (keep: (index: number) => boolean) =>
    new Map([...opened.messages.entries()].filter(([index]) => keep(index)));
  const signature = library.generatePoKBBSSignatureProverStatement(
    signatureParametersFor(library, opened.messages.length),
    messagesWhere((index) => shown.has(index)),
    false,
  );
  const { statements, metaStatements, setup, context } = proofStatements(library, signature, resolved, claimed);
  const witnesses = [
    library.generatePoKBBSSignatureWitness(
      opened.signature,
      messagesWhere((index) => !shown.has(index)),
      false,
    ),
    ...resolved.map(({ index }) => library.generateBoundCheckBppWitness(opened.messages[index] ?? new Uint8Array())),
  ];
  const proof = library.generateCompositeProofG1WithDeconstructedProofSpec(
    statements,
    metaStatements,
    setup,
    witnesses,
    context,
  );
  return presentationSchema.parse({ ...claimed, proof: encodeBase64url(proof) });
}

function isSame(value: Json | undefined, expected: Json): boolean {
  return value !== undefined && JSON.stringify(value) === JSON.stringify(expected);
}
