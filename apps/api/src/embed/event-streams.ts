import type { ServerResponse } from "node:http";
import { isTerminal } from "@attestream/shared";
import type { Log } from "../http/log.ts";
import type { SessionService } from "../sessions/session-service.ts";
import type { SessionRow } from "../storage/schema.ts";
import type { ReadFrameView } from "./frame-view.ts";
import type { ViewerStore } from "./viewer-store.ts";

export interface EventStreams {
  /** Answers with the session's view now and on each change, until it is over or the viewer is gone. */
  open(response: ServerResponse, session: SessionRow, viewerId: string): void;
  /** Another viewer took the session's place at the frame. */
  closeOthers(sessionId: string, viewerId: string): void;
  /** Something changed that is not in the session's row. */
  refresh(session: SessionRow): void;
}

export interface EventStreamDependencies {
  sessions: Pick<SessionService, "get" | "onChange">;
  viewers: Pick<ViewerStore, "standing">;
  clock: () => Date;
  readView: ReadFrameView;
  /** Asks for a browser again. */
  reopen(session: SessionRow): Promise<void>;
  log: Log;
  /** Ends every stream: the API stops. */
  signal: AbortSignal;
  /** Also how late a change is seen that another replica made. */
  heartbeatMs?: number;
  /** While the session waits for a browser its place in the queue changes without a change of its own. */
  queueRefreshMs?: number;
  /** The oldest is ended when one more is opened. */
  perSession?: number;
}

interface EventStream {
  viewerId: string;
  changed(session: SessionRow): void;
  end(): void;
}

/** A reader this far behind has stopped reading. */
const longestBacklog = 64;

export function createEventStreams(deps: EventStreamDependencies): EventStreams {
  const { heartbeatMs = 15_000, queueRefreshMs = 2_000, perSession = 8 } = deps;
  const bySession = new Map<string, Set<EventStream>>();
  let unsubscribe: (() => void) | null = null;

  // One listener however many streams there are, and none while there are none.
  function add(sessionId: string, stream: EventStream): void {
    const streams = bySession.get(sessionId) ?? new Set();
    bySession.set(sessionId, streams.add(stream));
    unsubscribe ??= deps.sessions.onChange((session) => {
      for (const listener of bySession.get(session.id) ?? []) listener.changed(session);
    });
    const [oldest] = streams;
    if (streams.size > perSession) oldest?.end();
  }

  function remove(sessionId: string, stream: EventStream): void {
    const streams = bySession.get(sessionId);
    streams?.delete(stream);
    if (streams?.size === 0) bySession.delete(sessionId);
    if (bySession.size > 0) return;
    unsubscribe?.();
    unsubscribe = null;
  }

  function open(response: ServerResponse, first: SessionRow, viewerId: string): void {
    const sessionId = first.id;
    const backlog: SessionRow[] = [first];
    let lastText = "";
    let lastVersion = -1;
    let waiting = first.status === "CREATED";
    let pumping = false;
    let ended = false;
    let timer: NodeJS.Timeout | undefined;

    function end(): void {
      if (ended) return;
      ended = true;
      clearTimeout(timer);
      remove(sessionId, stream);
      response.end();
    }

    function changed(session: SessionRow): void {
      if (ended) return;
      backlog.push(session);
      // Its own next request starts it afresh.
      if (backlog.length > longestBacklog) {
        end();
        response.destroy();
        return;
      }
      void pump();
    }

    async function pump(): Promise<void> {
      if (pumping) return;
      pumping = true;
      try {
        while (!response.writableNeedDrain) {
          const session = backlog.shift();
          if (!session) break;
          await send(session);
        }
      } catch (error) {
        deps.log.warn({ sessionId, err: nameOf(error) }, "event stream failed");
        end();
      } finally {
        pumping = false;
      }
    }

    async function send(session: SessionRow): Promise<void> {
      if (ended || session.version < lastVersion) return;
      const text = JSON.stringify(await deps.readView(session, viewerId));
      if (ended) return;
      lastVersion = session.version;
      waiting = session.status === "CREATED";
      if (text !== lastText) response.write(`data: ${text}\n\n`);
      lastText = text;
      if (isTerminal(session.status)) end();
      // Parked while its viewer still looks: without this it would wait for a reload that nobody makes.
      else if (session.status === "CREATED" && session.opened_at === null) await deps.reopen(session);
    }

    async function refresh(): Promise<void> {
      const [session, current] = await Promise.all([
        deps.sessions.get(sessionId),
        deps.viewers.standing(sessionId, viewerId, deps.clock()),
      ]);
      if (ended) return;
      if (!session || current === null) {
        end();
        return;
      }
      if (!response.writableNeedDrain) response.write(": heartbeat\n\n");
      changed(session);
    }

    function schedule(): void {
      timer = setTimeout(
        () => {
          refresh()
            // The database may be back by the next time; what was sent stays true.
            .catch((error: unknown) => deps.log.warn({ sessionId, err: nameOf(error) }, "event stream not refreshed"))
            .finally(() => {
              if (!ended) schedule();
            });
        },
        waiting ? queueRefreshMs : heartbeatMs,
      );
    }

    const stream: EventStream = { viewerId, changed, end };
    response.on("drain", () => void pump());
    response.on("close", end);
    response.on("error", end);
    response.writeHead(200, {
      "Content-Type": "text/event-stream; charset=utf-8",
      "Cache-Control": "no-store",
      "X-Accel-Buffering": "no",
    });
    response.flushHeaders();
    if (deps.signal.aborted) {
      end();
      return;
    }
    add(sessionId, stream);
    schedule();
    void pump();
    // What changed between the reading of `first` and the subscription.
    deps.sessions.get(sessionId).then(
      (session) => session && changed(session),
      () => undefined,
    );
  }

  deps.signal.addEventListener("abort", () => {
    for (const streams of bySession.values()) for (const stream of streams) stream.end();
  });

  return {
    open,
    refresh(session) {
      for (const stream of bySession.get(session.id) ?? []) stream.changed(session);
    },
    closeOthers(sessionId, viewerId) {
      for (const stream of bySession.get(sessionId) ?? []) if (stream.viewerId !== viewerId) stream.end();
    },
  };
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
