import { expect, it } from "vitest";
import { runFuzz } from "./run/run-fuzz.ts";

// A tenth of `npm run fuzz`, with the same seed each time: that nothing has become worse. New seeds are for the whole.
it(
  "a hundred thousand cases are refused by code, or state what they stated",
  { timeout: 240_000 },
  async ({ signal }) => {
    const rows = await runFuzz({ cases: 100_000, seed: 20_261_122, only: null, progress: () => {}, signal });
    expect(rows.map(({ name }) => name)).toEqual(["records", "handshakes", "http"]);
    expect(rows.filter(({ failure }) => failure !== null)).toEqual([]);
    for (const { cases, refused } of rows) {
      expect(refused).toBeGreaterThan(0);
      expect(refused).toBeLessThan(cases);
    }
  },
);
