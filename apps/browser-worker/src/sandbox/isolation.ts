import type { Bubblewrap } from "./find-bubblewrap.ts";

/**
 * How a browser is kept apart. L0: not at all. L1: a user of its own and Chromium's sandbox. L2: also
 * namespaces and a root of its own, without a network.
 */
export type Isolation = { level: "L0" } | { level: "L1" } | { level: "L2"; programs: Bubblewrap };

export type IsolationLevel = Isolation["level"];
