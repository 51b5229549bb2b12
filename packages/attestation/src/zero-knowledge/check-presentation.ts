import { comparableNumber } from "./encode-message.ts";
import { writtenAs } from "./plan-presentation.ts";
import { ZeroKnowledgeRefused } from "./refusals.ts";
import { boundOf, findField } from "./resolve-ranges.ts";
import type { Predicate, Presentation } from "./vocabulary.ts";

/** What the caller knows about the proof it expects. Whatever is left out is not checked, and is listed as not proven where that matters. */
export interface PresentationExpectations {
  issuer?: string;
  /** The caller's own partner id. */
  audience?: string;
  /** Of the session. */
  nonce?: string;
  sessionId?: string;
  platform?: { id?: number; name?: string };
  /** The caller's nonce for this proof. */
  challenge?: string;
  /** What must be proven at least. */
  require?: readonly Predicate[];
}

/** Clocks of two honest machines differ; by no more than this. */
const clockSkewMs = 60_000;

export function checkHeader(
  { header, challenge }: Omit<Presentation, "proof">,
  expected: PresentationExpectations & { now: Date },
): void {
  const time = expected.now.getTime();
  if (header.iat * 1000 > time + clockSkewMs) throw new ZeroKnowledgeRefused("not_yet_valid");
  if (header.exp * 1000 <= time) throw new ZeroKnowledgeRefused("expired");
  const { issuer, audience, nonce, sessionId, platform } = expected;
  if (issuer !== undefined && issuer !== header.iss)
    throw new ZeroKnowledgeRefused("issuer_mismatch", `It names ${JSON.stringify(header.iss)}.`);
  if (audience !== undefined && audience !== header.aud)
    throw new ZeroKnowledgeRefused("audience_mismatch", `It names ${JSON.stringify(header.aud)}.`);
  if (nonce !== undefined && nonce !== header.nonce) throw new ZeroKnowledgeRefused("nonce_mismatch");
  if (sessionId !== undefined && sessionId !== header.session_id) throw new ZeroKnowledgeRefused("session_mismatch");
  if (platform?.id !== undefined && platform.id !== header.platform.id)
    throw new ZeroKnowledgeRefused("platform_mismatch");
  if (platform?.name !== undefined && platform.name !== header.platform.name)
    throw new ZeroKnowledgeRefused("platform_mismatch");
  if (expected.challenge !== undefined && expected.challenge !== challenge)
    throw new ZeroKnowledgeRefused("challenge_mismatch");
}

/** Whether each predicate follows from what was proven or revealed. A revealed number answers a comparison too. */
export function checkRequired(
  { header, revealed, ranges }: Omit<Presentation, "proof">,
  required: readonly Predicate[],
): void {
  for (const predicate of required) {
    const { field } = findField(header, predicate.field);
    const shown = Object.hasOwn(revealed, field.name) ? revealed[field.name] : undefined;
    const refuse = () => {
      throw new ZeroKnowledgeRefused("requirement_unmet", `Look at ${field.name}.`);
    };
    if (predicate.is === "==") {
      if (shown !== writtenAs(field, predicate.value)) refuse();
      continue;
    }
    const number = shown === undefined ? null : comparableNumber(field, shown);
    const range = ranges.find((one) => one.field === field.name);
    const least = number ?? (range?.min === undefined ? null : boundOf(field, range.min));
    const most = number ?? (range?.max === undefined ? null : boundOf(field, range.max));
    const bound = (value: string | number) => boundOf(field, String(writtenAs(field, value)));
    const wantedLeast = predicate.is === ">=" ? predicate.value : predicate.is === "in range" ? predicate.min : null;
    const wantedMost = predicate.is === "<=" ? predicate.value : predicate.is === "in range" ? predicate.max : null;
    if (wantedLeast !== null && (least === null || least < bound(wantedLeast))) refuse();
    if (wantedMost !== null && (most === null || most > bound(wantedMost))) refuse();
  }
}
