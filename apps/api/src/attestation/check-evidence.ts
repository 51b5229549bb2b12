import { hashExtractor, readUnverified } from "@attestream/attestation/evidence";
import type { Disclosure } from "@attestream/shared";
import type { ExtractionResult } from "@attestream/shared/worker-protocol";
import { isAllowedHost, type PlatformDefinition } from "@attestream/workflow/schema";

/**
 * Why evidence is not what the session's platform asks for; null when it is. That it is this
 * session's, by an attestor, and about the very values, is the verifier's to check. The text names parts
 * and fields, never values.
 */
export async function findEvidenceProblem(
  { evidence = [], failedParts }: ExtractionResult,
  { collect, prove = [] }: Pick<PlatformDefinition, "collect" | "prove">,
  { disclosure, loginUrl }: { disclosure: Disclosure; loginUrl: string },
): Promise<string | null> {
  const seen = new Set<string>();
  for (const { envelope } of evidence) {
    const { predicate } = readUnverified(envelope).statement;
    const { part, fields, extractor_hash: extractor, server_name: server } = predicate;
    const about = `The evidence for part ${part}`;
    const wanted = prove.find(({ from }) => from === part);
    const rules = collect.find(({ id }) => id === part)?.read;
    if (wanted === undefined || rules === undefined) return `${about} was not asked for by the platform`;
    if (seen.has(part)) return `${about} came twice`;
    seen.add(part);
    if (extractor !== (await hashExtractor(rules))) return `${about} was read by other rules`;
    if (!isAllowedHost(wanted.hosts ?? [new URL(loginUrl).hostname], server))
      return `${about} is about the server ${server}, which is not where the platform says the part comes from`;
    const revealed = namesOf(disclosure, wanted.reveal);
    const stranger = Object.keys(fields).find((name) => !revealed.has(name));
    if (stranger !== undefined) return `${about} has the field ${stranger}, which was not to be proved`;
  }
  const failed = new Set(failedParts.map(({ part }) => part));
  const missing = prove.find(
    ({ from, required, reveal }) =>
      required === true && !seen.has(from) && !failed.has(from) && namesOf(disclosure, reveal).size > 0,
  );
  return missing === undefined ? null : `Part ${missing.from} must be proved, and came without evidence`;
}

/** What these fields become in the result: themselves, or the answers about them. */
function namesOf(disclosure: Disclosure, fields: readonly string[]): Set<string> {
  if (disclosure === "full") return new Set(fields);
  if ("fields" in disclosure) return new Set(disclosure.fields.filter((name) => fields.includes(name)));
  return new Set(
    disclosure.predicates
      .filter(({ field }) => fields.includes(field.split(".", 1)[0] ?? field))
      .map(({ name }) => name),
  );
}
