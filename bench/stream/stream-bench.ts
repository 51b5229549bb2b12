import type { Bench } from "../report/bench.ts";
import { eightSessions } from "./eight-sessions.ts";
import { inputOnStillPage } from "./input-on-still-page.ts";
import { inputWhileScrolling } from "./input-while-scrolling.ts";
import { inputWithSpinner } from "./input-with-spinner.ts";
import { movingPages } from "./moving-pages.ts";
import { narrowLink, wideLink } from "./narrow-link.ts";
import { sealing } from "./sealing.ts";
import { sessionMemory } from "./session-memory.ts";
import { stillPage } from "./still-page.ts";
import { typing } from "./typing.ts";
import { unattendedSpinner } from "./unattended-spinner.ts";

/** `npm run bench -- stream`: the live picture, from the end user's hand to the end user's eye. */
export const streamBench: Bench = {
  definitions: [
    { name: "input.p50.ratio", unit: "ms", goal: { of: "ratio", atMost: 2 } },
    { name: "input.p95.ratio", unit: "ms", goal: { of: "ratio", atMost: 2 } },
    { name: "input.spinner.p95.ratio", unit: "ms", goal: { of: "ratio", atMost: 2.5 } },
    { name: "input.scroll.p50.ratio", unit: "ms", goal: { of: "ratio", atMost: 1.2 } },
    { name: "link5.spinner.p95.rtts", unit: "RTT", goal: { of: "value", atMost: 6 } },
    { name: "link5.spinner.fps", unit: "fps", goal: { of: "value", atLeast: 20 } },
    { name: "link5.lost", unit: "clicks", goal: { of: "value", atMost: 0 } },
    { name: "typing.kbps", unit: "kB/s", goal: { of: "value", atMost: 5 } },
    { name: "scroll.ratio", unit: "kB/s", goal: { of: "ratio", atMost: 0.125 } },
    { name: "spinner.kbps", unit: "kB/s", goal: { of: "value", atMost: 40 } },
    { name: "static.bytes", unit: "B", goal: { of: "value", atMost: 0 } },
    { name: "static.cpu", unit: "% core", goal: { of: "value", atMost: 0.5 } },
    { name: "spinner.unattended.cpu", unit: "% core", goal: { of: "value", atMost: 25 } },
    { name: "eight.typing.p95.ratio", unit: "ms", goal: { of: "ratio", atMost: 2 } },
    { name: "session.pss.ratio", unit: "MiB", goal: { of: "ratio", atMost: 1.35 } },
    { name: "seal.cpu.ratio", unit: "x", goal: { of: "value", atMost: 1.1 } },
    // For information.
    { name: "boxes.kbps", unit: "kB/s" },
    { name: "boxes.fps", unit: "fps" },
    { name: "boxes.p95", unit: "ms" },
    { name: "video.kbps", unit: "kB/s" },
    { name: "video.fps", unit: "fps" },
    { name: "video.p95", unit: "ms" },
    { name: "link20.spinner.p95", unit: "ms" },
    { name: "link20.spinner.fps", unit: "fps" },
    { name: "link20.lost", unit: "clicks" },
  ],
  groups: [
    inputOnStillPage,
    inputWithSpinner,
    inputWhileScrolling,
    typing,
    stillPage,
    unattendedSpinner,
    sessionMemory,
    sealing,
    ...movingPages,
    eightSessions,
    narrowLink,
    wideLink,
  ],
};
