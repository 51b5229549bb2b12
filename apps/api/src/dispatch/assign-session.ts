import type { Log } from "../http/log.ts";
import type { PlatformStore } from "../platforms/platform-store.ts";
import type { SessionRow } from "../storage/schema.ts";
import type { WorkerGateway } from "../workers/worker-gateway.ts";

/** Tells a session's worker to take it, with the very platform file that the session pinned. */
export function createAssign(deps: {
  platforms: Pick<PlatformStore, "pinned">;
  workers: () => Pick<WorkerGateway, "send">;
  log: Log;
}) {
  return async function assign(session: SessionRow): Promise<void> {
    if (session.worker_id === null) return;
    const { definition, hash } = await deps.platforms.pinned(session);
    const sent = deps.workers().send(session.worker_id, {
      type: "assign",
      sessionId: session.id,
      epoch: session.epoch,
      // Straight from YAML: JSON by construction.
      platform: JSON.parse(JSON.stringify(definition)),
      platformHash: hash,
      loginUrl: session.custom_url ?? definition.loginUrl,
      disclosure: session.disclosure ?? "full",
      ...(session.nonce === null ? {} : { nonce: session.nonce }),
      ...(session.locale === null ? {} : { locale: session.locale }),
    });
    if (!sent)
      deps.log.warn(
        { sessionId: session.id, workerId: session.worker_id },
        "worker is gone before it could be assigned; its lease will lapse",
      );
  };
}
