import { handshakes } from "./handshakes.ts";
import { httpStreams } from "./http-streams.ts";
import type { Kind } from "./kind.ts";
import { records } from "./records.ts";

/** By the name that --only takes. */
export const kinds: Readonly<Record<string, Kind>> = { records, handshakes, http: httpStreams };
