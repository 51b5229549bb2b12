import type { VerifyResult, WebhookPayload } from "@attestream/sdk";

/** What we know of one verification. In a real application this is a row beside the user's application. */
export interface Verification {
  sessionId: string;
  /** Ours: Attestream repeats it in the webhook and seals it into the attestation. */
  externalReferenceId: string;
  /** Random, ours: an attestation that carries it was made for this very verification. */
  nonce: string;
  /** Whose account we expect; its hash is sealed in as well. */
  receiverData: Record<string, string>;
  platformId: number;
  status: string;
  webhook: { ok: true; receivedAt: string; payload: WebhookPayload } | null;
  attestation: AttestationCheck | null;
}

export type AttestationCheck = VerifyResult | { ok: false; reason: "unavailable"; message: string };

export interface Verifications {
  add(verification: Verification): void;
  find(sessionId: string): Verification | undefined;
  update(sessionId: string, change: Partial<Pick<Verification, "status" | "webhook" | "attestation">>): void;
  /** Calls back now and after every change, until the returned function is called. */
  watch(sessionId: string, onChange: (verification: Verification) => void): () => void;
}

const maxKept = 1_000;

export function createVerifications(): Verifications {
  const verifications = new Map<string, Verification>();
  const watchers = new Map<string, Set<(verification: Verification) => void>>();
  return {
    add(verification) {
      verifications.set(verification.sessionId, verification);
      const [oldest] = verifications.keys();
      if (verifications.size > maxKept && oldest !== undefined) verifications.delete(oldest);
    },
    find: (sessionId) => verifications.get(sessionId),
    update(sessionId, change) {
      const verification = verifications.get(sessionId);
      if (!verification) return;
      Object.assign(verification, change);
      for (const onChange of watchers.get(sessionId) ?? []) onChange(verification);
    },
    watch(sessionId, onChange) {
      const all = watchers.get(sessionId) ?? new Set();
      watchers.set(sessionId, all.add(onChange));
      const verification = verifications.get(sessionId);
      if (verification) onChange(verification);
      return () => {
        all.delete(onChange);
        if (all.size === 0) watchers.delete(sessionId);
      };
    },
  };
}

/** Nothing more will come: the session has ended and what there was to check is checked. */
export function isSettled({ webhook, attestation }: Verification): boolean {
  return webhook !== null && (webhook.payload.proofHash === undefined || attestation !== null);
}
