import type { AttestationClaims } from "../vocabulary.ts";
import type { CheckedEvidence } from "./check-evidence.ts";
import type { Expectations } from "./check-expectations.ts";
import { describeTime, listNames, type Findings } from "./findings.ts";
import type { Proven } from "./verify-result.ts";

const thisCheck = "this check";

/** In words: what a valid attestation shows, and on whose word. */
export function listProven({ claims, kid, evidence, status, log, expected, withheld }: Findings): Proven[] {
  const issuer = `${claims.iss} (key ${kid})`;
  return [
    {
      statement: `Session ${claims.session_id} at platform ${claims.platform.name} (id ${claims.platform.id}) yielded ${listNames(Object.keys(claims.claims))}, exactly as disclosed.`,
      by: issuer,
    },
    ...describeQuestions(claims).map((statement) => ({ statement, by: issuer })),
    ...(evidence.state === "checked" ? evidence.pieces.flatMap((piece) => describeEvidence(piece, claims)) : []),
    {
      statement: `The workflow ${claims.workflow.name} ${claims.workflow.version} (hash ${claims.workflow.hash}) read it, with result ${claims.result}.`,
      by: issuer,
    },
    {
      statement: `It ran in ${claims.browser.product} ${claims.browser.version} at isolation level ${claims.isolation_level}.`,
      by: issuer,
    },
    { statement: `It was issued at ${describeTime(claims.iat)}, for partner ${claims.aud}.`, by: issuer },
    ...(status.state === "valid"
      ? [{ statement: `It had not been revoked at ${status.asOf.toISOString()}.`, by: issuer }]
      : []),
    ...(log.state === "included"
      ? [
          {
            statement: `It is entry ${log.index} of the log ${log.origin}, which had ${log.size} ${log.size === 1 ? "entry" : "entries"} at ${log.asOf.toISOString()}.`,
            by: issuer,
          },
        ]
      : []),
    {
      statement: `Nothing ${withheld === 0 ? "" : "of what is left "}was changed since it was signed.`,
      by: thisCheck,
    },
    ...metExpectations(expected).map((statement) => ({ statement, by: thisCheck })),
  ];
}

function describeEvidence({ claim, statement }: CheckedEvidence, claims: AttestationClaims): Proven[] {
  const { predicate } = statement;
  const by = `attestor with key ${claim.kid}`;
  const disclosed = claim.fields.filter((name) => Object.hasOwn(claims.claims, name));
  const where = `${predicate.server_name} (its certificate checked, TLS ${predicate.tls.version})`;
  const what =
    predicate.request === undefined
      ? `${where} sent a response (HTTP ${predicate.http_status}) in this session at ${describeTime(predicate.observed_at)}`
      : `${where} answered ${predicate.request.method} ${predicate.request.target} (HTTP ${predicate.http_status}) in this session at ${describeTime(predicate.observed_at)}`;
  return [
    {
      statement: `${what}, and by the workflow's own rules it says ${listNames(disclosed)} exactly as disclosed.`,
      by,
    },
  ];
}

/** The answer to a predicate means nothing without the question, so the question is signed too. */
function describeQuestions({ disclosure }: AttestationClaims): string[] {
  if (disclosure === undefined || !("predicates" in disclosure) || !Array.isArray(disclosure.predicates)) return [];
  return disclosure.predicates.map(
    ({ name, field, is, value }) =>
      `${name} is the answer to: ${field} ${is}${value === undefined ? "" : ` ${JSON.stringify(value)}`}?`,
  );
}

function metExpectations(expected: Expectations): string[] {
  const sentences: [unknown, string][] = [
    [expected.issuer, "The issuer is the expected one."],
    [expected.audience, "It was issued for the expected partner."],
    [expected.nonce, "It answers the expected nonce."],
    [expected.sessionId, "It is about the expected session."],
    [expected.externalReferenceId, "It belongs to the expected external reference."],
    [expected.receiverData, "The session was created for the expected receiver data."],
    [expected.servers, "All evidence is about servers that were expected."],
  ];
  return sentences.filter(([given]) => given !== undefined).map(([, sentence]) => sentence);
}
