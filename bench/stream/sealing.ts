import type { RowGroup } from "../report/bench.ts";

/** Sealing cannot be switched on and off yet. */
export const sealing: RowGroup = {
  title: "sealing",
  rows: ["seal.cpu.ratio"],
  measure: () => Promise.resolve({ "seal.cpu.ratio": { value: null, note: "not built yet" } }),
};
