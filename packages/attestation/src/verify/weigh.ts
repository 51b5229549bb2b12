import { attestationClaimsSchema, type AttestationClaims } from "../vocabulary.ts";
import type { Expectations } from "./check-expectations.ts";
import type { NotProven, Proven } from "./verify-result.ts";

const knownClaims = new Set(Object.keys(attestationClaimsSchema.shape));

/** In words: what a valid attestation shows, and on whose word. */
export function listProven(claims: AttestationClaims, kid: string, expected: Expectations): Proven[] {
  const issuer = `${claims.iss} (key ${kid})`;
  const names = Object.keys(claims.claims);
  const fields = names.length === 0 ? "no field" : names.join(", ");
  const checked = "this check";
  return [
    {
      statement: `Session ${claims.session_id} at platform ${claims.platform.name} (id ${claims.platform.id}) yielded ${fields}, exactly as disclosed.`,
      by: issuer,
    },
    {
      statement: `The workflow ${claims.workflow.name} ${claims.workflow.version} (hash ${claims.workflow.hash}) read it, with result ${claims.result}.`,
      by: issuer,
    },
    {
      statement: `It ran in ${claims.browser.product} ${claims.browser.version} at isolation level ${claims.isolation_level}.`,
      by: issuer,
    },
    {
      statement: `It was issued at ${new Date(claims.iat * 1000).toISOString()}, for partner ${claims.aud}.`,
      by: issuer,
    },
    { statement: "Nothing was changed since it was signed.", by: checked },
    ...(expected.issuer === undefined ? [] : [{ statement: "The issuer is the expected one.", by: checked }]),
    ...(expected.audience === undefined ? [] : [{ statement: "It was issued for the expected partner.", by: checked }]),
    ...(expected.nonce === undefined ? [] : [{ statement: "It answers the expected nonce.", by: checked }]),
    ...(expected.sessionId === undefined ? [] : [{ statement: "It is about the expected session.", by: checked }]),
    ...(expected.externalReferenceId === undefined
      ? []
      : [{ statement: "It belongs to the expected external reference.", by: checked }]),
    ...(expected.receiverData === undefined
      ? []
      : [{ statement: "The session was created for the expected receiver data.", by: checked }]),
  ];
}

/** In words: what a reader might take for proven, and is not. */
export function listNotProven(claims: AttestationClaims, withheld: number, expected: Expectations): NotProven[] {
  const unknown = Object.keys(claims).filter((name) => !knownClaims.has(name));
  return [
    {
      statement: `That ${claims.platform.name} sent this data.`,
      why: "It is the issuer's word (mode signed): no independent attestor witnessed the connection, and there is no evidence.",
    },
    {
      statement: "That the person who logged in is the account's holder, or the person of the receiver data.",
      why: "The session shows that somebody could log in.",
    },
    { statement: "That the data is still true.", why: "It was true for the platform when it was read." },
    { statement: "That it was not revoked, and that it is in a public log.", why: "This layer has neither." },
    ...(withheld === 0
      ? []
      : [
          {
            statement: `What the withheld part says (${withheld} signed ${withheld === 1 ? "value" : "values"}).`,
            why: "Whoever passed the attestation on removed it.",
          },
        ]),
    ...(claims.result === "partial"
      ? [{ statement: "That the data is complete.", why: "Optional parts of the workflow failed." }]
      : []),
    ...(expected.issuer === undefined
      ? [{ statement: `That ${claims.iss} is an issuer whom you trust.`, why: "No expected issuer was given." }]
      : []),
    ...(expected.audience === undefined
      ? [{ statement: "That it was issued for you.", why: "No expected audience was given." }]
      : []),
    ...(expected.nonce === undefined
      ? [{ statement: "That it was made for your present request.", why: "No expected nonce was given." }]
      : []),
    ...(unknown.length === 0
      ? []
      : [
          {
            statement: `What these claims mean: ${unknown.join(", ")}.`,
            why: "They are signed, but this verifier does not know them.",
          },
        ]),
  ];
}
