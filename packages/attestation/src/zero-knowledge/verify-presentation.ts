import type { Json } from "@attestream/shared";
import { decodeBase64url } from "./base64url.ts";
import { findPublicKey } from "./bbs-key.ts";
import { encodeHeader, encodeValue } from "./encode-message.ts";
import { loadCryptoWasm } from "./load-crypto-wasm.ts";
import { checkHeader, checkRequired, type PresentationExpectations } from "./check-presentation.ts";
import { proofLength, proofStatements } from "./proof-statements.ts";
import { zeroKnowledgeRefusals, ZeroKnowledgeRefused, type ZeroKnowledgeRefusal } from "./refusals.ts";
import { findField, resolveRanges } from "./resolve-ranges.ts";
import { signatureParametersFor } from "./suite.ts";
import { predicateProofType, presentationSchema, type CredentialHeader, type Presentation } from "./vocabulary.ts";
import { weighPresentation, type NotProven, type Proven } from "./weigh-presentation.ts";

export type { PresentationExpectations } from "./check-presentation.ts";

export interface VerifyPresentationOptions extends PresentationExpectations {
  /** The issuer's BBS keys, as parsed JSON. Get them from the issuer, not from whoever hands over the proof. */
  keys: unknown;
  now: Date;
}

export type PresentationResult =
  | {
      ok: true;
      header: CredentialHeader;
      /** Numbers are decimals in strings. */
      revealed: Record<string, Json>;
      ranges: Presentation["ranges"];
      kid: string;
      proven: Proven[];
      notProven: NotProven[];
    }
  | { ok: false; reason: ZeroKnowledgeRefusal; message: string };

/** Checks a predicate proof offline, with the issuer's public key alone. Takes any input and never throws; reads no clock. */
export async function verifyPresentation(
  input: unknown,
  options: VerifyPresentationOptions,
): Promise<PresentationResult> {
  try {
    const { proof, ...claimed } = parse(input);
    const { header, revealed, ranges } = claimed;
    checkHeader(claimed, options);
    const publicKey = await findPublicKey(options.keys, header.kid);
    await checkProof(claimed, proof, publicKey);
    checkRequired(claimed, options.require ?? []);
    return { ok: true, header, revealed, ranges, kid: header.kid, ...weighPresentation(claimed, options) };
  } catch (error) {
    // Anything that is not a refusal comes from input that broke a parser: for the caller that is the same.
    if (error instanceof ZeroKnowledgeRefused) return { ok: false, reason: error.code, message: error.message };
    return { ok: false, reason: "malformed", message: zeroKnowledgeRefusals.malformed };
  }
}

function parse(input: unknown): Presentation {
  const parsed = presentationSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  const type = input !== null && typeof input === "object" && "type" in input ? input.type : undefined;
  if (typeof type === "string" && type !== predicateProofType) throw new ZeroKnowledgeRefused("unsupported_type");
  throw new ZeroKnowledgeRefused("malformed", `Look at ${parsed.error.issues[0]?.path.join(".") || "it as a whole"}.`);
}

async function checkProof(
  claimed: Omit<Presentation, "proof">,
  proofText: string,
  publicKey: Uint8Array,
): Promise<void> {
  const { header, revealed, ranges } = claimed;
  const names = new Set(header.fields.map(({ name }) => name));
  if (names.size !== header.fields.length) throw new ZeroKnowledgeRefused("malformed", "A field's name occurs twice.");
  const ranged = new Set(ranges.map(({ field }) => field));
  if (ranged.size !== ranges.length || [...ranged].some((name) => Object.hasOwn(revealed, name)))
    throw new ZeroKnowledgeRefused("malformed", "A field is proven twice.");

  const library = await loadCryptoWasm();
  const shown = new Map([[0, encodeHeader(library, header)]]);
  for (const [name, value] of Object.entries(revealed)) {
    const { field, index } = findField(header, name);
    const message = encodeValue(library, field, value);
    if (message === null) throw new ZeroKnowledgeRefused("value_invalid", `Look at ${name}.`);
    shown.set(index, message);
  }
  const signature = library.generatePoKBBSSignatureVerifierStatement(
    signatureParametersFor(library, header.fields.length + 1),
    publicKey,
    shown,
    false,
  );
  const resolved = resolveRanges(header, ranges);
  const { statements, metaStatements, setup, context } = proofStatements(library, signature, resolved, claimed);
  const proof = decodeBase64url(proofText);
  let verified = false;
  try {
    verified =
      proof?.length === proofLength(header.fields.length + 1 - shown.size, ranges.length) &&
      library.verifyCompositeProofG1WithDeconstructedProofSpec(proof, statements, metaStatements, setup, context)
        .verified;
  } catch {
    // Bytes that are no proof at all.
  }
  if (!verified) throw new ZeroKnowledgeRefused("proof_invalid");
}
