import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { liveStatuses, terminalStatuses } from "@attestream/shared";
import { describe, expect, it } from "vitest";
import { diagram, moves, sampleEvents } from "./diagram.ts";
import { readme } from "./readme.ts";
import { sessionEventTypes } from "./session-event.ts";

describe("the diagram", () => {
  it("is up to date in README.md", () => {
    const written = readFileSync(fileURLToPath(new URL("../README.md", import.meta.url)), "utf8");
    expect(written, "stale: run `npm run generate`").toBe(readme());
  });

  it("shows every status and asks every event", () => {
    for (const status of [...liveStatuses, ...terminalStatuses]) expect(diagram()).toContain(status);
    expect(new Set(sampleEvents.map(({ type }) => type))).toEqual(new Set(sessionEventTypes));
  });

  it("holds exactly these moves between live statuses", () => {
    const live = new Set<string>(liveStatuses);
    expect(
      moves()
        .filter(({ to }) => live.has(to))
        .map(({ from, to, event }) => `${from} ${event} ${to}`),
    ).toEqual([
      "CREATED session.dispatched INITIALIZING",
      "INITIALIZING session.released CREATED",
      "INITIALIZING browser.started READY",
      "READY session.released CREATED",
      "READY viewer.connected CONNECTED",
      "CONNECTED tree.loaded LOADING_TREE",
      "LOADING_TREE tree.started RUNNING",
      "RUNNING challenge.raised AWAITING_USER",
      "RUNNING collection.started COLLECTING_DATA",
      "AWAITING_USER challenge.resolved RUNNING",
      "COLLECTING_DATA data.extracted VERIFYING",
    ]);
  });

  it("leads out of no terminal status", () => {
    const final = new Set<string>(terminalStatuses);
    expect(moves().filter(({ from }) => final.has(from))).toEqual([]);
  });
});
