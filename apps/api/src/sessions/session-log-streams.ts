import type { ServerResponse } from "node:http";
import type { Kysely } from "kysely";
import { isTerminal } from "@attestream/shared";
import type { Log } from "../http/log.ts";
import type { Database } from "../storage/schema.ts";
import { readSessionLog } from "./session-log.ts";
import type { SessionService } from "./session-service.ts";

export interface SessionLogStreams {
  /** Answers with the events after `after` and with each new one, until the session has ended or the reader is gone. */
  open(response: ServerResponse, from: { sessionId: string; partnerId: string; after: number }): void;
}

export interface SessionLogStreamDependencies {
  db: Kysely<Database>;
  sessions: Pick<SessionService, "onChange">;
  log: Log;
  /** Ends every stream: the API stops. */
  signal: AbortSignal;
  /** Also how late an event is seen that another replica wrote. */
  heartbeatMs?: number;
  /** The oldest is ended when one more is opened; its reader resumes where it was. */
  perPartner?: number;
}

interface LogStream {
  sessionId: string;
  look(): void;
  end(): void;
}

const pageSize = 100;

/**
 * The event log of sessions as server-sent events. The table is the only source and a change only the
 * sign to look: so nothing is missed or told twice, and a slow reader costs no memory.
 */
export function createSessionLogStreams(deps: SessionLogStreamDependencies): SessionLogStreams {
  const { heartbeatMs = 15_000, perPartner = 50 } = deps;
  const byPartner = new Map<string, Set<LogStream>>();
  const everyStream = () => [...byPartner.values()].flatMap((streams) => [...streams]);
  let unsubscribe: (() => void) | null = null;

  function add(partnerId: string, stream: LogStream): void {
    const streams = byPartner.get(partnerId) ?? new Set();
    byPartner.set(partnerId, streams.add(stream));
    unsubscribe ??= deps.sessions.onChange(({ id }) => {
      for (const listener of everyStream()) if (listener.sessionId === id) listener.look();
    });
    const [oldest] = streams;
    if (streams.size > perPartner) oldest?.end();
  }

  function remove(partnerId: string, stream: LogStream): void {
    const streams = byPartner.get(partnerId);
    streams?.delete(stream);
    if (streams?.size === 0) byPartner.delete(partnerId);
    if (byPartner.size > 0) return;
    unsubscribe?.();
    unsubscribe = null;
  }

  deps.signal.addEventListener("abort", () => {
    for (const stream of everyStream()) stream.end();
  });

  return {
    open(response, { sessionId, partnerId, after }) {
      let last = after;
      let reading = false;
      let again = false;
      let ended = false;

      function end(): void {
        if (ended) return;
        ended = true;
        clearInterval(heartbeat);
        remove(partnerId, stream);
        response.end();
      }

      /** Writes what is new. Waits for the reader: the next page is read when this one has left. */
      function look(): void {
        again = true;
        if (reading || ended || response.writableNeedDrain) return;
        reading = true;
        read()
          // The reader comes again with the last event it has.
          .catch((error: unknown) => {
            deps.log.warn({ sessionId, err: error instanceof Error ? error.name : "" }, "session log stream failed");
            end();
          })
          .finally(() => {
            reading = false;
            if (again) look();
          });
      }

      async function read(): Promise<void> {
        again = false;
        const events = await readSessionLog(deps.db, sessionId, { after: last, limit: pageSize });
        if (ended) return;
        for (const event of events) {
          response.write(`id: ${event.seq}\ndata: ${JSON.stringify(event)}\n\n`);
          last = event.seq;
        }
        if (events.length === pageSize) again = true;
        else if (events.some(({ status }) => isTerminal(status))) end();
      }

      const heartbeat = setInterval(() => {
        if (!response.writableNeedDrain) response.write(": heartbeat\n\n");
        look();
      }, heartbeatMs);
      const stream: LogStream = { sessionId, look, end };
      response.on("drain", look);
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
      add(partnerId, stream);
      look();
    },
  };
}
