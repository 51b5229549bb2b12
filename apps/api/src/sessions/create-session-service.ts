import type { Kysely, Transaction } from "kysely";
import { initialTransition, machineVersion, type SessionEvent } from "@attestream/state-machine";
import type { Log } from "../http/log.ts";
import type { Sealer } from "../storage/encryption.ts";
import type { Database, SessionRow } from "../storage/schema.ts";
import { applyEvent, deadlineOf, recordEvent, type Applied, type ApplyDependencies } from "./apply-event.ts";
import { isAfterCommit, type EffectRunner } from "./effect-runner.ts";
import type { ApplyOptions, ApplyResult, SessionService } from "./session-service.ts";

/** What dispatch needs besides: the session is found and locked inside the transaction. */
export interface SessionWriter extends SessionService {
  applyToLocked(
    lock: (trx: Transaction<Database>) => Promise<SessionRow | undefined>,
    /** Asked after the lock. */
    event: SessionEvent | (() => SessionEvent),
    options?: (session: SessionRow) => ApplyOptions,
  ): Promise<ApplyResult>;
}

export interface SessionServiceDependencies extends ApplyDependencies {
  db: Kysely<Database>;
  sealer: Sealer;
  effects: EffectRunner;
  log: Log;
}

export const receiverDataAad = (sessionId: string) => `sessions.receiver_data_enc:${sessionId}`;

export function createSessionService(deps: SessionServiceDependencies): SessionWriter {
  const { db, sealer, effects, log } = deps;
  const listeners = new Set<(session: SessionRow) => void>();

  function tell(session: SessionRow): void {
    for (const listener of listeners) {
      try {
        listener(session);
      } catch (error) {
        log.error(
          { sessionId: session.id, err: error instanceof Error ? error.stack : String(error) },
          "session listener failed",
        );
      }
    }
  }

  function committed(applied: Applied): ApplyResult {
    if (applied.change) {
      const { before, after } = applied.change;
      if (before.status !== after.status) {
        log.info(
          {
            op: "session.phase",
            sessionId: after.id,
            partnerId: after.partner_id,
            from: before.status,
            to: after.status,
            epoch: after.epoch,
            errorCode: after.reason_code ?? undefined,
          },
          "session moved",
        );
      }
      tell(after);
      effects.run(applied.effects, applied.change);
    }
    return applied.result;
  }

  const applyToLocked: SessionWriter["applyToLocked"] = async (lock, event, options) => {
    const applied = await db.transaction().execute(async (trx) => {
      const session = await lock(trx);
      return session
        ? applyEvent(deps, trx, session, typeof event === "function" ? event() : event, options?.(session))
        : null;
    });
    return applied ? committed(applied) : { outcome: "absent", session: null };
  };

  return {
    applyToLocked,

    apply: (id, event, options) =>
      applyToLocked(
        (trx) => trx.selectFrom("sessions").selectAll().where("id", "=", id).forUpdate().executeTakeFirst(),
        event,
        () => options ?? {},
      ),

    async create(input, within) {
      const first = initialTransition({ consentGiven: !input.consentRequired });
      const now = deps.now();
      const session = await db.transaction().execute(async (trx) => {
        const created = await trx
          .insertInto("sessions")
          .values({
            id: input.id,
            partner_id: input.partnerId,
            api_key_id: input.apiKeyId,
            mode: input.mode,
            platform_id: input.platformId,
            platform_hash: input.platformHash,
            status: first.status,
            snapshot: JSON.stringify(first.snapshot),
            machine_version: machineVersion,
            version: 1,
            epoch: 0,
            worker_id: null,
            lease_until: null,
            report_seq: 0,
            expires_at: input.expiresAt,
            state_deadline: null,
            deadline_kind: null,
            ...deadlineOf(first.effects, deps.durations, now),
            opened_at: null,
            progress: first.snapshot.context.progress,
            consent_required: input.consentRequired,
            consented_at: null,
            receiver_data_enc:
              input.receiverData === undefined
                ? null
                : sealer.seal(JSON.stringify(input.receiverData), receiverDataAad(input.id)),
            extraction_enc: null,
            webhook_url: input.webhookUrl ?? null,
            webhook_events: input.webhookEvents === undefined ? null : JSON.stringify(input.webhookEvents),
            custom_url: input.customUrl ?? null,
            external_reference_id: input.externalReferenceId ?? null,
            nonce: input.nonce ?? null,
            wants_credential: input.wantsCredential ?? false,
            disclosure: input.disclosure === undefined ? null : JSON.stringify(input.disclosure),
            locale: input.locale ?? null,
            theme: input.theme ?? null,
            metadata: input.metadata === undefined ? null : JSON.stringify(input.metadata),
            allowed_origins: input.allowedOrigins === undefined ? null : JSON.stringify(input.allowedOrigins),
            reason_code: null,
            reason_message: null,
            has_attestation: false,
            created_at: now,
            completed_at: null,
            data_erased_at: null,
          })
          .returningAll()
          .executeTakeFirstOrThrow();
        await recordEvent(trx, { session: created, type: "session.created", payload: {}, now });
        await within?.(trx, created);
        return created;
      });
      tell(session);
      effects.run(first.effects.filter(isAfterCommit), { before: session, after: session });
      return session;
    },

    async get(id) {
      return (await db.selectFrom("sessions").selectAll().where("id", "=", id).executeTakeFirst()) ?? null;
    },

    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
