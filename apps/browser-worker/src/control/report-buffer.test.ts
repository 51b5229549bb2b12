import { describe, expect, it } from "vitest";
import { ReportBuffer } from "./report-buffer.ts";

const now = () => new Date("2026-01-01T00:00:00Z");

describe("the report buffer", () => {
  it("numbers reports per session and epoch, and keeps their common order", () => {
    const buffer = new ReportBuffer(now);
    buffer.add("a", 1, { type: "viewer.connected" });
    buffer.add("b", 1, { type: "viewer.connected" });
    buffer.add("a", 1, { type: "viewer.connected" });
    buffer.add("a", 2, { type: "viewer.connected" });
    expect(buffer.unacknowledged().map(({ sessionId, epoch, seq }) => `${sessionId}${epoch}:${seq}`)).toEqual([
      "a1:1",
      "b1:1",
      "a1:2",
      "a2:1",
    ]);
    buffer.acknowledge("a", 1, 1);
    expect(buffer.unacknowledged().map(({ sessionId, epoch, seq }) => `${sessionId}${epoch}:${seq}`)).toEqual([
      "b1:1",
      "a1:2",
      "a2:1",
    ]);
    buffer.forget("a", 1);
    expect(buffer.unacknowledged()).toHaveLength(2);
  });

  it("is bounded, and still takes the outcome without a gap in the numbers", () => {
    const buffer = new ReportBuffer(now);
    for (let index = 0; index < 600; index += 1) buffer.add("a", 1, { type: "progress.advanced", progress: 50 });
    expect(buffer.unacknowledged()).toHaveLength(500);
    expect(buffer.add("a", 1, { type: "session.failed", code: "INTERNAL" })?.seq).toBe(501);
  });
});
