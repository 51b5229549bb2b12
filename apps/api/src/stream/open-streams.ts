import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Kysely } from "kysely";
import { isTerminal } from "@attestream/shared";
import type { Log } from "../http/log.ts";
import type { SessionService } from "../sessions/session-service.ts";
import type { Database, SessionRow } from "../storage/schema.ts";
import type { Admission } from "./admit-viewer.ts";
import type { StreamTiming } from "./stream-timing.ts";
import { Tunnel } from "./tunnel.ts";

/** The streams that go through this process, and the reasons to end one that neither side ended. */
export interface OpenStreams {
  add(admission: Admission, viewer: Duplex, worker: Socket, requestId: string): void;
  closeOthers(sessionId: string, viewerId: string): void;
  /** Resolves when all are gone. */
  closeAll(): Promise<void>;
}

export interface OpenStreamsDependencies {
  db: Kysely<Database>;
  sessions: Pick<SessionService, "get" | "onChange">;
  timing: StreamTiming;
  clock: () => Date;
  log: Log;
}

interface OpenStream {
  sessionId: string;
  viewerId: string;
  epoch: number;
  tunnel: Tunnel;
  recheck: NodeJS.Timeout | undefined;
  cutOff: NodeJS.Timeout | undefined;
}

export function createOpenStreams({ db, sessions, timing, clock, log }: OpenStreamsDependencies): OpenStreams {
  const bySession = new Map<string, Set<OpenStream>>();
  let allGone: (() => void) | null = null;

  const unsubscribe = sessions.onChange((session) => {
    for (const stream of bySession.get(session.id) ?? []) cutOffWhenOver(stream, session);
  });

  function cutOffWhenOver(stream: OpenStream, session: SessionRow): void {
    const over = isTerminal(session.status) || session.worker_id === null || session.epoch !== stream.epoch;
    if (over) stream.cutOff ??= setTimeout(() => stream.tunnel.close(), timing.cutOff);
  }

  /**
   * Another viewer may have entered or taken the session over, or the session have ended, by way of
   * another replica that cannot reach this stream. Soon after the opening that is likely; later the worker
   * itself lets go of a viewer whose successor has arrived, and this is for one that has not.
   */
  async function recheck(stream: OpenStream): Promise<void> {
    const [session, viewer] = await Promise.all([
      sessions.get(stream.sessionId),
      db
        .selectFrom("viewers")
        .select("id")
        .where("id", "=", stream.viewerId)
        .where("handed_over_at", "is", null)
        .executeTakeFirst(),
    ]);
    if (session) cutOffWhenOver(stream, session);
    if (!viewer) stream.tunnel.close();
  }

  function recheckLater(stream: OpenStream, inMs: number): void {
    stream.recheck = setTimeout(() => {
      recheck(stream).then(
        () => recheckAgain(stream, timing.recheckAgain),
        (error: unknown) => {
          log.warn(
            { sessionId: stream.sessionId, err: error instanceof Error ? error.name : "" },
            "stream not checked; trying again",
          );
          recheckAgain(stream, timing.recheck);
        },
      );
    }, inMs);
  }

  function recheckAgain(stream: OpenStream, inMs: number): void {
    if (bySession.get(stream.sessionId)?.has(stream)) recheckLater(stream, inMs);
  }

  function remove(stream: OpenStream): void {
    clearTimeout(stream.recheck);
    clearTimeout(stream.cutOff);
    const ofSession = bySession.get(stream.sessionId);
    ofSession?.delete(stream);
    if (ofSession?.size === 0) bySession.delete(stream.sessionId);
    if (bySession.size === 0) allGone?.();
  }

  return {
    add({ session, viewerId }, viewer, worker, requestId) {
      const startedAt = clock().getTime();
      const tunnel = new Tunnel(viewer, worker, {
        answerMs: timing.answer,
        idleMs: timing.idle,
        lingerMs: timing.linger,
        onClosed(stats) {
          remove(stream);
          const durationMs = clock().getTime() - startedAt;
          log.info({ op: "stream", ok: true, requestId, sessionId: session.id, durationMs, ...stats }, "stream closed");
        },
      });
      const { id: sessionId, epoch } = session;
      const stream: OpenStream = { sessionId, viewerId, epoch, tunnel, recheck: undefined, cutOff: undefined };
      bySession.set(sessionId, (bySession.get(sessionId) ?? new Set()).add(stream));
      recheckLater(stream, timing.recheck);
    },

    closeOthers(sessionId, viewerId) {
      for (const stream of bySession.get(sessionId) ?? []) if (stream.viewerId !== viewerId) stream.tunnel.close();
    },

    async closeAll() {
      unsubscribe();
      if (bySession.size === 0) return;
      const gone = Promise.withResolvers<void>();
      allGone = gone.resolve;
      for (const streams of bySession.values()) for (const { tunnel } of streams) tunnel.close();
      await gone.promise;
    },
  };
}
