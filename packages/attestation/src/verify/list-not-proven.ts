import { evidenceGaps } from "@attestream/shared/worker-protocol";
import { attestationClaimsSchema } from "../vocabulary.ts";
import { listNames, type Findings } from "./findings.ts";
import type { NotProven } from "./verify-result.ts";

const knownClaims = new Set(Object.keys(attestationClaimsSchema.shape));

/** In words: what a reader might take for proven, and is not. */
export function listNotProven(findings: Findings): NotProven[] {
  const { claims, withheld, expected } = findings;
  const unknown = Object.keys(claims).filter((name) => !knownClaims.has(name));
  return [
    ...missingWitnesses(findings),
    ...limitsOfEvidence(findings),
    ...claims.fallback.map(({ part, code }) => ({
      statement: `That the part ${part} came from the platform's server; it was to be proved.`,
      why: (Object.hasOwn(evidenceGaps, code) && evidenceGaps[code as keyof typeof evidenceGaps]) || `Reason: ${code}.`,
    })),
    {
      statement: "That the person who logged in is the account's holder, or the person of the receiver data.",
      why: "The session shows that somebody could log in.",
    },
    { statement: "That the data is still true.", why: "It was true for the platform when it was read." },
    ...missingStatus(findings),
    ...missingLog(findings),
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

/** Fields that rest on the issuer's word alone. */
function missingWitnesses({ claims, evidence, witnessed }: Findings): NotProven[] {
  const alone = Object.keys(claims.claims).filter((name) => !Object.hasOwn(witnessed, name));
  if (alone.length === 0 && evidence.state === "checked") return [];
  const whole = Object.keys(witnessed).length === 0;
  const statement = whole
    ? `That ${claims.platform.name} sent this data.`
    : `That ${claims.platform.name} sent ${listNames(alone)}.`;
  const reasons: Record<typeof evidence.state, string> = {
    none: `It is the issuer's word (mode ${claims.mode}): no independent attestor witnessed the connection, and there is no evidence.`,
    not_given: "There is evidence, but it was not given to this check.",
    unchecked:
      "Evidence was given and fits, but it was not checked who signed it: no keys of attestors whom you trust were given.",
    checked: "No evidence covers it: it is the issuer's word.",
  };
  return [{ statement, why: reasons[evidence.state] }];
}

function limitsOfEvidence({ claims, evidence, expected }: Findings): NotProven[] {
  if (evidence.state !== "checked") return [];
  const servers = [...new Set(evidence.pieces.map(({ claim }) => claim.server_name))];
  const passive = evidence.pieces.filter(({ claim }) => claim.mode === "passive").map(({ claim }) => claim.part);
  return [
    ...(passive.length === 0
      ? []
      : [
          {
            statement: `Which address (URL) was asked for ${passive.join(", ")}.`,
            why: "Evidence of mode passive shows the server's response and not the request: it may be another of that server's responses with the same form.",
          },
        ]),
    ...(expected.servers === undefined
      ? [
          {
            statement: `That ${servers.join(", ")} ${servers.length === 1 ? "is a server" : "are servers"} of ${claims.platform.name}.`,
            why: "No expected servers were given. Compare the name yourself.",
          },
        ]
      : []),
    {
      statement: "That attestor and issuer did not make it up together.",
      why: "A server does not sign what it sends over TLS: the evidence is the attestor's word. Trust an attestor that the issuer does not run, best your own.",
    },
  ];
}

function missingStatus({ claims, status }: Findings): NotProven[] {
  const statement = "That it was not revoked.";
  switch (status.state) {
    case "valid":
      return [];
    case "none":
      return [{ statement, why: "It names no status list." }];
    case "not_given":
      return [{ statement, why: `No status list was given. Get it from ${claims.status?.status_list.uri}.` }];
    case "older":
      return [{ statement, why: "The status list that was given is older than the attestation. Get a new one." }];
    default:
      return status satisfies never;
  }
}

function missingLog({ log }: Findings): NotProven[] {
  return log.state === "included"
    ? [
        {
          statement: "That the log shows the same to everybody.",
          why: "The issuer keeps it. Compare checkpoints with others, and ask for the consistency proof between two of them.",
        },
      ]
    : [{ statement: "That it is in a public log.", why: "No log proof was given." }];
}
