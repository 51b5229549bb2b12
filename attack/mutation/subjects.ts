export interface Subject {
  group: "guard" | "tokens" | "webhook" | "keys" | "machine" | "proof";
  file: string;
  /** What must notice a change: paths for the test runner. */
  tests: readonly string[];
}

const proofTests = ["evidence-forgeries", "forgeries", "log-and-status", "requirements", "words"].map(
  (name) => `packages/attestation/src/verify/${name}.test.ts`,
);

/** What security rests on, and is small enough that a test can notice every change. */
export const subjects: readonly Subject[] = [
  ...["address-guard", "read-host", "resolve-public", "refused-cidrs"].map((name): Subject => ({
    group: "guard",
    file: `packages/address-guard/src/${name}.ts`,
    tests: ["packages/address-guard"],
  })),
  { group: "tokens", file: "apps/api/src/embed/signed-token.ts", tests: ["apps/api/src/embed/signed-token.test.ts"] },
  {
    group: "tokens",
    file: "packages/shared/src/worker-protocol/viewer-pass.ts",
    tests: ["packages/shared/src/worker-protocol"],
  },
  {
    group: "webhook",
    file: "apps/api/src/webhooks/retry-schedule.ts",
    tests: ["apps/api/src/webhooks/retry-schedule"],
  },
  { group: "webhook", file: "packages/sdk/src/webhook/verify-webhook.ts", tests: ["packages/sdk/src/webhook"] },
  { group: "keys", file: "apps/api/src/keys/api-key.ts", tests: ["apps/api/src/keys/api-key"] },
  { group: "machine", file: "packages/state-machine/src/transition.ts", tests: ["packages/state-machine"] },
  { group: "machine", file: "packages/state-machine/src/session-machine.ts", tests: ["packages/state-machine"] },
  ...["verify/check-evidence", "verify/check-expectations", "verify/check-log", "verify/check-status"].map(
    (name): Subject => ({
      group: "proof",
      file: `packages/attestation/src/${name}.ts`,
      tests: proofTests,
    }),
  ),
  ...["evidence/open-envelope", "evidence/ecdsa-der", "evidence/bind-session", "find-key"].map((name): Subject => ({
    group: "proof",
    file: `packages/attestation/src/${name}.ts`,
    tests: ["packages/attestation/src/evidence/", ...proofTests],
  })),
  {
    group: "proof",
    file: "packages/attestation/src/issue/bind-evidence.ts",
    tests: ["packages/attestation/src/issue/bind-evidence"],
  },
];
