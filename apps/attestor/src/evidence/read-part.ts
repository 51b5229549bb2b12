import {
  compileUrlPattern,
  hashPlatform,
  isAllowedHost,
  platformDefinitionSchema,
  type PlatformDefinition,
} from "@attestream/workflow";
import { matchesText, parseTextPattern, type ReadRule } from "@attestream/workflow/extract";
import type { EvidenceAsked } from "@attestream/shared/attestor-protocol";
import { AttestorRefused } from "../attestor-refused.ts";

export type Part = PlatformDefinition["collect"][number];

export interface ProvedPart {
  part: Part;
  mode: "passive" | "replay";
  /** Of the fields that are revealed, those that are read from a response. */
  rules: Record<string, ReadRule>;
}

/** What the platform definition says of the part, after the definition itself was checked against its hash. Throws AttestorRefused. */
export function readPart(
  asked: Pick<EvidenceAsked, "platform" | "platformHash" | "part" | "clientKeys">,
  { host, workflows }: { host: string; workflows: ReadonlySet<string> | undefined },
): ProvedPart {
  const parsed = platformDefinitionSchema.safeParse(asked.platform);
  if (!parsed.success) throw new AttestorRefused("platform_invalid");
  const definition = parsed.data;
  if (hashPlatform(definition) !== asked.platformHash) throw new AttestorRefused("platform_mismatch");
  if (workflows && !workflows.has(asked.platformHash)) throw new AttestorRefused("workflow_unknown");
  const proof = definition.prove?.find(({ from }) => from === asked.part);
  const part = definition.collect.find(({ id }) => id === asked.part);
  if (!proof || !part) throw new AttestorRefused("part_unproved");
  const mode = proof.mode ?? "passive";
  if ((mode === "replay") !== (asked.clientKeys !== undefined)) throw new AttestorRefused("mode_mismatch");
  // A custom login address may name any host: which one it was stands in the evidence.
  const hosts = proof.hosts ?? (definition.allowCustomUrl === true ? null : [new URL(definition.loginUrl).hostname]);
  if (hosts !== null && !isAllowedHost(hosts, host)) throw new AttestorRefused("host_mismatch");
  const rules = Object.fromEntries(
    Object.entries(part.read ?? {}).filter(([name, rule]) => rule.json !== undefined && proof.reveal.includes(name)),
  );
  if (Object.keys(rules).length === 0) throw new AttestorRefused("part_page_only");
  return { part, mode, rules };
}

/** That the part's own pattern names this request. Throws AttestorRefused. */
export function checkRequest(part: Part, { method, url }: { method: string; url: string }): void {
  const wanted = part.capture?.request;
  const fits =
    wanted !== undefined &&
    (wanted.method ?? "GET") === method &&
    (wanted.match === undefined
      ? compileUrlPattern(wanted.url ?? "/**")(url)
      : matchesText(parseTextPattern(wanted.match), url));
  if (!fits) throw new AttestorRefused("request_mismatch");
}
