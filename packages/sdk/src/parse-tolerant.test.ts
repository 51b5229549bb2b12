import { describe, expect, it } from "vitest";
import { z } from "zod";
import { parseTolerant } from "./parse-tolerant.ts";

const schema = z.strictObject({ name: z.string(), list: z.array(z.strictObject({ id: z.int() })) });

describe("what a newer server sends", () => {
  it("loses the fields that are not known, at any depth", () => {
    const sent = { name: "a", newer: true, list: [{ id: 1, extra: { deep: 1 } }, { id: 2 }] };
    expect(parseTolerant(schema, sent).data).toEqual({ name: "a", list: [{ id: 1 }, { id: 2 }] });
    expect(sent.newer).toBe(true);
  });

  it("is refused when a known field is wrong, whatever else is unknown", () => {
    expect(parseTolerant(schema, { name: 1, list: [], newer: true }).success).toBe(false);
    expect(parseTolerant(schema, { list: [], newer: true }).success).toBe(false);
    expect(parseTolerant(schema, undefined).success).toBe(false);
  });
});
