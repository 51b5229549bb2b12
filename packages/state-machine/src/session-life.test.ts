import { expect, it } from "vitest";
import type { SessionEvent } from "./session-event.ts";
import { initialTransition, transition, type Transition } from "./transition.ts";

const challenge = { id: "c1", kind: "otp", expiresAt: "2026-01-01T00:00:00.000Z" } as const;
const opened = { type: "session.opened" } as const;
const dispatched = { type: "session.dispatched" } as const;
const started = { type: "browser.started" } as const;
const connected = { type: "viewer.connected" } as const;
const gone = { type: "viewer.disconnected" } as const;
const consent = { type: "consent.given" } as const;
const running = [opened, dispatched, started, connected, { type: "tree.loaded" }, { type: "tree.started" }] as const;

/** A session's life, a line each: what happened; status, progress and what is true of it; what must be done. */
function live(consentGiven: boolean, events: readonly SessionEvent[]): string[] {
  const first = initialTransition({ consentGiven });
  const lines = [tell("created", { outcome: "stayed", ...first })];
  let { snapshot } = first;
  for (const event of events) {
    const step = transition(snapshot, event);
    lines.push(tell(event.type, step));
    snapshot = step.snapshot;
  }
  return lines;
}

function tell(event: string, { outcome, status, snapshot, effects }: Transition): string {
  const { progress, challenge: asked, reason, ...flags } = snapshot.context;
  const said = [
    ...Object.entries(flags).flatMap(([name, on]) => (on ? [name] : [])),
    ...(asked ? [`asked ${asked.id}`] : []),
    ...(reason ? [`because ${Object.values(reason).join(" ")}`] : []),
  ];
  const done = effects.map(({ type, ...how }) => [type, ...Object.values(how).map(String)].join(" "));
  const refused = outcome === "refused" ? " REFUSED" : "";
  return `${event}${refused} > ${status} ${progress} ${said.join(", ")} > ${done.join(", ")}`;
}

it("from link to attestation", () => {
  expect(
    live(true, [
      ...running,
      { type: "progress.advanced", progress: 30 },
      { type: "challenge.raised", challenge },
      { type: "progress.advanced", progress: 50 },
      { type: "challenge.resolved", challengeId: "another" },
      { type: "challenge.raised", challenge: { ...challenge, id: "c2" } },
      { type: "challenge.resolved", challengeId: "c2" },
      { type: "progress.advanced", progress: 10 },
      { type: "collection.started" },
      { type: "progress.advanced", progress: 100 },
      { type: "data.extracted", partial: false },
      { type: "attestation.issued" },
    ]),
  ).toMatchInlineSnapshot(`
    [
      "created > CREATED 0 consented > dispatch.request false, deadline.clear",
      "session.opened > CREATED 0 opened, consented > deadline.set queue, dispatch.request true",
      "session.dispatched > INITIALIZING 5 opened, consented, assigned > deadline.set launch",
      "browser.started > READY 10 opened, consented, assigned > deadline.set ready-hold",
      "viewer.connected > CONNECTED 15 opened, consented, assigned, viewer, treeRequested > deadline.set run, tree.start",
      "tree.loaded > LOADING_TREE 20 opened, consented, assigned, viewer, treeRequested > ",
      "tree.started > RUNNING 25 opened, consented, assigned, viewer, treeRequested > ",
      "progress.advanced > RUNNING 41 opened, consented, assigned, viewer, treeRequested > ",
      "challenge.raised > AWAITING_USER 41 opened, consented, assigned, viewer, treeRequested, asked c1 > ",
      "progress.advanced > AWAITING_USER 55 opened, consented, assigned, viewer, treeRequested, asked c1 > ",
      "challenge.resolved REFUSED > AWAITING_USER 55 opened, consented, assigned, viewer, treeRequested, asked c1 > ",
      "challenge.raised > AWAITING_USER 55 opened, consented, assigned, viewer, treeRequested, asked c2 > ",
      "challenge.resolved > RUNNING 55 opened, consented, assigned, viewer, treeRequested > ",
      "progress.advanced > RUNNING 55 opened, consented, assigned, viewer, treeRequested > ",
      "collection.started > COLLECTING_DATA 70 opened, consented, assigned, viewer, treeRequested > ",
      "progress.advanced > COLLECTING_DATA 90 opened, consented, assigned, viewer, treeRequested > ",
      "data.extracted > VERIFYING 92 opened, consented, treeRequested > worker.release finished, deadline.set verify, attestation.issue",
      "attestation.issued > COMPLETED 100 opened, consented, treeRequested > deadline.clear, webhook.send",
    ]
  `);
});

it("with consent given late, the viewer away meanwhile, and some parts missing", () => {
  expect(
    live(false, [
      opened,
      opened,
      dispatched,
      started,
      connected,
      gone,
      consent,
      connected,
      { type: "tree.loaded" },
      gone,
      connected,
      { type: "tree.started" },
      gone,
      connected,
      { type: "viewer.replaced" },
      { type: "challenge.raised", challenge },
      gone,
      connected,
      { type: "challenge.resolved", challengeId: "c1" },
      { type: "collection.started" },
      gone,
      connected,
      { type: "data.extracted", partial: true },
      { type: "attestation.issued" },
    ]),
  ).toMatchInlineSnapshot(`
    [
      "created > CREATED 0  > dispatch.request false, deadline.clear",
      "session.opened > CREATED 0 opened > deadline.set queue, dispatch.request true",
      "session.opened > CREATED 0 opened > dispatch.request true",
      "session.dispatched > INITIALIZING 5 opened, assigned > deadline.set launch",
      "browser.started > READY 10 opened, assigned > deadline.set ready-hold",
      "viewer.connected > CONNECTED 15 opened, assigned, viewer > deadline.set consent",
      "viewer.disconnected > CONNECTED 15 opened, assigned > deadline.set viewer-grace",
      "consent.given > CONNECTED 15 opened, consented, assigned, treeRequested > tree.start",
      "viewer.connected > CONNECTED 15 opened, consented, assigned, viewer, treeRequested > deadline.set run",
      "tree.loaded > LOADING_TREE 20 opened, consented, assigned, viewer, treeRequested > ",
      "viewer.disconnected > LOADING_TREE 20 opened, consented, assigned, treeRequested > deadline.set viewer-grace",
      "viewer.connected > LOADING_TREE 20 opened, consented, assigned, viewer, treeRequested > deadline.set run",
      "tree.started > RUNNING 25 opened, consented, assigned, viewer, treeRequested > ",
      "viewer.disconnected > RUNNING 25 opened, consented, assigned, treeRequested > deadline.set viewer-grace",
      "viewer.connected > RUNNING 25 opened, consented, assigned, viewer, treeRequested > deadline.set run",
      "viewer.replaced > RUNNING 25 opened, consented, assigned, viewer, treeRequested > ",
      "challenge.raised > AWAITING_USER 25 opened, consented, assigned, viewer, treeRequested, asked c1 > ",
      "viewer.disconnected > AWAITING_USER 25 opened, consented, assigned, treeRequested, asked c1 > deadline.set viewer-grace",
      "viewer.connected > AWAITING_USER 25 opened, consented, assigned, viewer, treeRequested, asked c1 > deadline.set run",
      "challenge.resolved > RUNNING 25 opened, consented, assigned, viewer, treeRequested > ",
      "collection.started > COLLECTING_DATA 70 opened, consented, assigned, viewer, treeRequested > ",
      "viewer.disconnected > COLLECTING_DATA 70 opened, consented, assigned, treeRequested > deadline.set viewer-grace",
      "viewer.connected > COLLECTING_DATA 70 opened, consented, assigned, viewer, treeRequested > deadline.set run",
      "data.extracted > VERIFYING 92 opened, consented, treeRequested, partial > worker.release finished, deadline.set verify, attestation.issue",
      "attestation.issued > PARTIAL_COMPLETE 100 opened, consented, treeRequested, partial > deadline.clear, webhook.send",
    ]
  `);
});

it("with a viewer that waits for consent", () => {
  expect(live(false, [...running.slice(0, 4), { type: "tree.loaded" }, consent, consent])).toMatchInlineSnapshot(`
    [
      "created > CREATED 0  > dispatch.request false, deadline.clear",
      "session.opened > CREATED 0 opened > deadline.set queue, dispatch.request true",
      "session.dispatched > INITIALIZING 5 opened, assigned > deadline.set launch",
      "browser.started > READY 10 opened, assigned > deadline.set ready-hold",
      "viewer.connected > CONNECTED 15 opened, assigned, viewer > deadline.set consent",
      "tree.loaded REFUSED > CONNECTED 15 opened, assigned, viewer > ",
      "consent.given > CONNECTED 15 opened, consented, assigned, viewer, treeRequested > tree.start, deadline.set run",
      "consent.given > CONNECTED 15 opened, consented, assigned, viewer, treeRequested > ",
    ]
  `);
});

it("with a browser that was there before the user, is taken back, and found again", () => {
  expect(
    live(true, [
      dispatched,
      started,
      opened,
      { type: "session.released", parked: true },
      opened,
      dispatched,
      connected,
      gone,
      connected,
      started,
      { type: "session.released", parked: false },
      dispatched,
      { type: "session.released", parked: false },
    ]),
  ).toMatchInlineSnapshot(`
    [
      "created > CREATED 0 consented > dispatch.request false, deadline.clear",
      "session.dispatched > INITIALIZING 5 consented, assigned > deadline.set launch",
      "browser.started > READY 10 consented, assigned > deadline.set ready-hold",
      "session.opened > READY 10 opened, consented, assigned > deadline.set ready-hold",
      "session.released > CREATED 10 consented > worker.release parked, deadline.clear",
      "session.opened > CREATED 10 opened, consented > deadline.set queue, dispatch.request true",
      "session.dispatched > INITIALIZING 10 opened, consented, assigned > deadline.set launch",
      "viewer.connected > INITIALIZING 10 opened, consented, assigned, viewer > ",
      "viewer.disconnected > INITIALIZING 10 opened, consented, assigned > ",
      "viewer.connected > INITIALIZING 10 opened, consented, assigned, viewer > ",
      "browser.started > READY 10 opened, consented, assigned, viewer > deadline.set ready-hold, viewer.confirm",
      "session.released > CREATED 10 opened, consented > worker.release parked, dispatch.request true, deadline.set queue",
      "session.dispatched > INITIALIZING 10 opened, consented, assigned > deadline.set launch",
      "session.released > CREATED 10 opened, consented > worker.release parked, dispatch.request true, deadline.set queue",
    ]
  `);
});

it("with a browser that nobody came to", () => {
  expect(live(false, [dispatched, started, { type: "session.released", parked: false }])).toMatchInlineSnapshot(`
    [
      "created > CREATED 0  > dispatch.request false, deadline.clear",
      "session.dispatched > INITIALIZING 5 assigned > deadline.set launch",
      "browser.started > READY 10 assigned > deadline.set ready-hold",
      "session.released > CREATED 10  > worker.release parked, dispatch.request false, deadline.clear",
    ]
  `);
});

it("with consent before there is a browser", () => {
  expect(live(false, [consent, dispatched, consent, started, consent, connected])).toMatchInlineSnapshot(`
    [
      "created > CREATED 0  > dispatch.request false, deadline.clear",
      "consent.given > CREATED 0 consented > ",
      "session.dispatched > INITIALIZING 5 consented, assigned > deadline.set launch",
      "consent.given > INITIALIZING 5 consented, assigned > ",
      "browser.started > READY 10 consented, assigned > deadline.set ready-hold",
      "consent.given > READY 10 consented, assigned > ",
      "viewer.connected > CONNECTED 15 opened, consented, assigned, viewer, treeRequested > deadline.set run, tree.start",
    ]
  `);
});

it.each<[string, SessionEvent, { status: string; because: string; release: string }]>([
  [
    "failed by the user",
    { type: "session.failed", code: "USER_CANCELLED" },
    { status: "CANCELLED", because: "USER_CANCELLED", release: "cancelled" },
  ],
  [
    "failed by a limit",
    { type: "session.failed", code: "SESSION_EXPIRED" },
    { status: "TERMINATED", because: "SESSION_EXPIRED", release: "terminated" },
  ],
  [
    "failed",
    { type: "session.failed", code: "BROWSER_CRASHED", message: "it fell" },
    { status: "ERROR", because: "BROWSER_CRASHED it fell", release: "failed" },
  ],
  [
    "cancelled",
    { type: "session.cancelled", code: "USER_CANCELLED" },
    { status: "CANCELLED", because: "USER_CANCELLED", release: "cancelled" },
  ],
  [
    "terminated",
    { type: "session.terminated", code: "TERMINATED_BY_OPERATOR" },
    { status: "TERMINATED", because: "TERMINATED_BY_OPERATOR", release: "terminated" },
  ],
  ["expired", { type: "session.expired" }, { status: "TERMINATED", because: "SESSION_EXPIRED", release: "terminated" }],
])("at work, %s", (_name, event, { status, because, release }) => {
  const lines = live(true, [...running, { type: "challenge.raised", challenge }, event, opened]).slice(-2);
  const state = `${status} 25 opened, consented, treeRequested, because ${because}`;
  expect(lines).toEqual([
    `${event.type} > ${state} > deadline.clear, worker.release ${release}, webhook.send`,
    `session.opened REFUSED > ${state} > `,
  ]);
});

it("without an attestation: with what there is, or with nothing", () => {
  const collected = [{ type: "collection.started" }, { type: "data.extracted", partial: false }] as const;
  const endWith = (code: "ATTESTATION_FAILED" | "ATTESTATION_MISMATCH") =>
    live(true, [...running, ...collected, { type: "attestation.failed", code }]).at(-1);
  expect(endWith("ATTESTATION_FAILED")).toBe(
    "attestation.failed > PARTIAL_COMPLETE 100 opened, consented, treeRequested, because ATTESTATION_FAILED > deadline.clear, webhook.send",
  );
  expect(endWith("ATTESTATION_MISMATCH")).toBe(
    "attestation.failed > ERROR 92 opened, consented, treeRequested, because ATTESTATION_MISMATCH > deadline.clear, webhook.send",
  );
});

it("cancelled before it began", () => {
  expect(live(true, [{ type: "session.cancelled", code: "USER_CANCELLED" }])).toMatchInlineSnapshot(`
    [
      "created > CREATED 0 consented > dispatch.request false, deadline.clear",
      "session.cancelled > CANCELLED 0 consented, because USER_CANCELLED > deadline.clear, webhook.send",
    ]
  `);
});
