import type { NotProven, Proven } from "../verify/verify-result.ts";
import type { PresentationExpectations } from "./check-presentation.ts";
import type { CredentialHeader, Presentation, Range } from "./vocabulary.ts";

export type { NotProven, Proven };

/** In words: what a valid predicate proof shows and on whose word, and what a reader might take for proven, and is not. */
export function weighPresentation(
  { header, revealed, ranges, challenge }: Omit<Presentation, "proof">,
  expected: PresentationExpectations,
): { proven: Proven[]; notProven: NotProven[] } {
  const issuer = `${header.iss} (BBS key ${header.kid})`;
  const hidden = header.fields.length - Object.keys(revealed).length;
  const checked = "this check";
  const proven: Proven[] = [
    ...ranges.map((range) => ({ statement: `${range.field} is ${rangeInWords(header, range)}.`, by: issuer })),
    ...Object.keys(revealed).map((name) => ({ statement: `${name} is as revealed.`, by: issuer })),
    {
      statement: `This is about session ${header.session_id} at platform ${header.platform.name} (id ${header.platform.id}), read by the workflow ${header.workflow.name} ${header.workflow.version} with result ${header.result}.`,
      by: issuer,
    },
    {
      statement: `The credential was issued at ${new Date(header.iat * 1000).toISOString()}, for partner ${header.aud}.`,
      by: issuer,
    },
    ...(expected.challenge === undefined ? [] : [{ statement: "It answers the expected challenge.", by: checked }]),
    ...(expected.require === undefined || expected.require.length === 0
      ? []
      : [{ statement: "It proves all that was asked for.", by: checked }]),
  ];
  const notProven: NotProven[] = [
    ...(hidden === 0
      ? []
      : [
          {
            statement: `What the hidden values are (${hidden} of ${header.fields.length} fields).`,
            why: "Only what is listed as proven is known of them.",
          },
        ]),
    {
      statement: `That ${header.platform.name} sent this data.`,
      why: "A predicate proof rests on the issuer's signature; a witness's evidence is part of the attestation.",
    },
    {
      statement: "That the person who logged in is the account's holder, or that who shows this proof is.",
      why: "Whoever has the credential can make proofs from it.",
    },
    { statement: "That the data is still true.", why: "It was true for the platform when it was read." },
    {
      statement: "That it was not revoked.",
      why: "A predicate proof carries no status; the attestation of the session does.",
    },
    ...(header.result === "partial"
      ? [{ statement: "That the data is complete.", why: "Optional parts of the workflow failed." }]
      : []),
    ...(expected.issuer === undefined
      ? [{ statement: `That ${header.iss} is an issuer whom you trust.`, why: "No expected issuer was given." }]
      : []),
    ...(expected.audience === undefined
      ? [{ statement: "That it was issued for you.", why: "No expected audience was given." }]
      : []),
    ...(expected.challenge === undefined
      ? [
          {
            statement: "That it was made for your present request.",
            why: challenge === undefined ? "It carries no challenge." : "No expected challenge was given.",
          },
        ]
      : []),
  ];
  return { proven, notProven };
}

/** `at least 1000`, `not before 2020-01-01`. */
export function rangeInWords(header: CredentialHeader, { field, min, max }: Range): string {
  const isDate = header.fields.some(({ name, kind }) => name === field && kind === "date");
  if (min === undefined) return `${isDate ? "not after" : "at most"} ${max}`;
  if (max === undefined) return `${isDate ? "not before" : "at least"} ${min}`;
  return `from ${min} to ${max}`;
}
