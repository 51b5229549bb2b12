import type { ServerResponse } from "node:http";
import { Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import type { FrameView } from "@attestream/shared/frame-api";
import { silentLog } from "../http/log.ts";
import type { SessionRow } from "../storage/schema.ts";
import { createEventStreams } from "./event-streams.ts";

// Only what the streams look at.
const rowAt = (version: number, status = "RUNNING") =>
  ({ id: "s", version, status, opened_at: new Date(0) }) as SessionRow;

/** A response whose reader takes a chunk only when the test lets it. */
function startResponse() {
  const written: string[] = [];
  let take: (() => void) | null = null;
  const sink = new Writable({
    highWaterMark: 1,
    write(chunk, _encoding, done) {
      written.push(String(chunk));
      take = done;
    },
  });
  // What the streams use of a ServerResponse beyond being writable; the real one is in the test over HTTP.
  const head = { writeHead: () => sink, flushHeaders: () => undefined };
  const response = Object.assign(sink, head) as unknown as ServerResponse;
  const takeAll = async () => {
    for (let idle = 0; idle < 5; idle += take ? 0 : 1) {
      const done = take;
      take = null;
      done?.();
      await new Promise(setImmediate);
    }
  };
  return {
    response,
    takeAll,
    versions: () => [...written.join("").matchAll(/"progress":(\d+)/g)].map(([, version]) => Number(version)),
  };
}

function startStreams() {
  const listeners = new Set<(session: SessionRow) => void>();
  const stopping = new AbortController();
  let current = rowAt(1);
  const streams = createEventStreams({
    sessions: {
      get: async () => current,
      onChange(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    viewers: { standing: async () => ({ elsewhere: false, returnable: false, offered: false }) },
    clock: () => new Date(),
    readView: async (session) => ({ progress: session.version }) as FrameView,
    reopen: async () => undefined,
    log: silentLog,
    signal: stopping.signal,
    perSession: 2,
  });
  const change = (session: SessionRow) => {
    current = session;
    for (const listener of listeners) listener(session);
  };
  return { streams, change, listeners, stop: () => stopping.abort() };
}

describe("event streams", () => {
  it("keep order for a slow reader and send nothing twice", async () => {
    const { streams, change } = startStreams();
    const reader = startResponse();
    streams.open(reader.response, rowAt(1), "v");
    for (let version = 2; version <= 40; version += 1) change(rowAt(version));
    change(rowAt(7));
    change(rowAt(41, "CANCELLED"));
    await reader.takeAll();
    expect(reader.versions()).toEqual(Array.from({ length: 41 }, (_, index) => index + 1));
    expect(reader.response.writableEnded).toBe(true);
  });

  it("give up a reader that has stopped reading", async () => {
    const { streams, change, listeners } = startStreams();
    const reader = startResponse();
    streams.open(reader.response, rowAt(1), "v");
    await new Promise(setImmediate);
    for (let version = 2; version <= 200; version += 1) change(rowAt(version));
    expect(reader.response.destroyed).toBe(true);
    expect(listeners.size).toBe(0);
  });

  it("listen once however many there are, end the oldest beyond the limit, and all when the server stops", async () => {
    const { streams, listeners, stop } = startStreams();
    const readers = [startResponse(), startResponse(), startResponse()];
    for (const { response } of readers) streams.open(response, rowAt(1), "v");
    expect(listeners.size).toBe(1);
    expect(readers.map(({ response }) => response.writableEnded)).toEqual([true, false, false]);
    stop();
    expect(readers.every(({ response }) => response.writableEnded)).toBe(true);
    expect(listeners.size).toBe(0);
  });

  it("end for an earlier viewer only when another entered", async () => {
    const { streams, stop } = startStreams();
    const [earlier, later] = [startResponse(), startResponse()];
    streams.open(earlier.response, rowAt(1), "v1");
    streams.open(later.response, rowAt(1), "v2");
    streams.closeOthers("s", "v2");
    expect([earlier.response.writableEnded, later.response.writableEnded]).toEqual([true, false]);
    stop();
  });
});
