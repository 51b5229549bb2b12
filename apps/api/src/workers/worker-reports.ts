import type { Kysely } from "kysely";
import { findExcess } from "@attestream/attestation/disclosure";
import type { SessionReport, UpMessage } from "@attestream/shared/worker-protocol";
import type { Log } from "../http/log.ts";
import { sealExtraction } from "../sessions/extraction.ts";
import type { ExtraColumns, SessionService } from "../sessions/session-service.ts";
import type { Sealer } from "../storage/encryption.ts";
import type { Database, SessionRow } from "../storage/schema.ts";
import { eventOfReport, whyPartial } from "./report-event.ts";
import type { WorkerListener } from "./worker-gateway.ts";
import type { WorkerLink } from "./worker-link.ts";

export interface WorkerReportDependencies {
  db: Kysely<Database>;
  sessions: Pick<SessionService, "apply" | "get">;
  sealer: Sealer;
  /** Tells a worker (again) to take a session it is assigned to. */
  assign(session: SessionRow): Promise<void>;
  /** Slots or warm browsers have become free. */
  capacityChanged(): void;
  leaseMs: number;
  now: () => Date;
  log: Log;
}

type Held = Extract<UpMessage, { type: "register" }>["held"][number];

/** Applies what workers say: keeps their leases, turns reports into events once each, and ends what they hold without right. */
export function createWorkerReports(deps: WorkerReportDependencies): WorkerListener {
  const { db, sessions, sealer, now, log } = deps;

  /** Extends the leases of what the worker holds by right; the rest it is told to end. */
  async function keepLeases(link: WorkerLink, held: readonly Held[]): Promise<SessionRow[]> {
    if (held.length === 0) return [];
    const rows = await db
      .updateTable("sessions")
      .set({ lease_until: new Date(now().getTime() + deps.leaseMs) })
      .where("worker_id", "=", link.id)
      .where(
        "id",
        "in",
        held.map(({ sessionId }) => sessionId),
      )
      .returningAll()
      .execute();
    const rightful = new Map(rows.map((row) => [row.id, row]));
    for (const { sessionId, epoch } of held) {
      if (rightful.get(sessionId)?.epoch !== epoch) link.send({ type: "release", sessionId, epoch, reason: "fenced" });
    }
    return rows;
  }

  async function noteSeen(link: WorkerLink): Promise<void> {
    await db
      .updateTable("workers")
      .set({ seen_at: now(), warm: link.warm, state: link.takesSessions ? "up" : "draining" })
      .where("id", "=", link.id)
      .execute();
  }

  /** Data beyond what the session asks for is not stored, not even in part: whoever sent it is not to be trusted with the rest. */
  async function withinDisclosure(link: WorkerLink, sessionId: string, report: SessionReport): Promise<SessionReport> {
    if (report.type !== "data.extracted") return report;
    const session = await sessions.get(sessionId);
    const excess = findExcess(report.result.extractedData, session?.disclosure ?? "full");
    if (excess === null) return report;
    log.error(
      { sessionId, workerId: link.id },
      "worker reported data that the session does not ask for; it was dropped",
    );
    return { type: "session.failed", code: "ATTESTATION_MISMATCH" };
  }

  return {
    async registered(link, message) {
      const row = {
        address: message.address,
        capacity: message.capacity,
        isolation_level: message.isolationLevel,
        browser: `${message.browser.product} ${message.browser.version}`,
        identity_key: JSON.stringify(message.identityKey),
        warm: 0,
        state: "up" as const,
        seen_at: now(),
      };
      await db
        .insertInto("workers")
        .values({ id: message.workerId, ...row })
        .onConflict((conflict) => conflict.column("id").doUpdateSet(row))
        .execute();
      const kept = await keepLeases(link, message.held);
      for (const session of kept) {
        // The order to start may have been lost with the link; the worker takes it once.
        if (session.status === "CONNECTED" && treeRequested(session))
          link.send({ type: "tree.start", sessionId: session.id, epoch: session.epoch });
      }
      const unheld = await db
        .selectFrom("sessions")
        .selectAll()
        .where("worker_id", "=", link.id)
        .where("status", "=", "INITIALIZING")
        .execute();
      const heldIds = new Set(message.held.map(({ sessionId }) => sessionId));
      for (const session of unheld) if (!heldIds.has(session.id)) await deps.assign(session);
      log.info({ workerId: link.id, capacity: link.capacity, held: message.held.length }, "worker registered");
      deps.capacityChanged();
    },

    async heartbeat(link, message) {
      await keepLeases(link, message.held);
      await noteSeen(link);
      deps.capacityChanged();
    },

    async report(link, { sessionId, epoch, seq, report: told }) {
      const report = await withinDisclosure(link, sessionId, told);
      const event = eventOfReport(report);
      const set: ExtraColumns = {};
      if (report.type === "browser.started") set.seal_key = report.sealKey;
      if (report.type === "data.extracted") {
        set.extraction_enc = sealExtraction(sealer, sessionId, report.result);
        set.reason_code = whyPartial(report.result);
      }
      const { outcome } = await sessions.apply(sessionId, event, { fence: { epoch, seq, workerId: link.id }, set });
      if (outcome === "refused")
        log.warn(
          { sessionId, workerId: link.id, event: event.type },
          "worker reported what the session's status does not allow",
        );
      link.send({ type: "report.acked", sessionId, epoch, seq });
      if (outcome === "fenced" || outcome === "absent")
        link.send({ type: "release", sessionId, epoch, reason: "fenced" });
    },

    async released(link, { sessionId, egress }) {
      // For the operator: a host that a platform needs and that is not in its `allow` shows here.
      if (egress) log.info({ workerId: link.id, sessionId, egress }, "what a session's browser did on the net");
      deps.capacityChanged();
    },

    closed(link) {
      // Not lost yet: its sessions live until their leases lapse, and it may be back before.
      log.info({ workerId: link.id }, "worker link closed");
    },
  };
}

function treeRequested(session: SessionRow): boolean {
  const { snapshot } = session;
  if (snapshot === null || typeof snapshot !== "object" || Array.isArray(snapshot)) return false;
  const { context } = snapshot;
  return (
    typeof context === "object" && context !== null && !Array.isArray(context) && context["treeRequested"] === true
  );
}
