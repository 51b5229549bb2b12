import { createHmac, randomBytes } from "node:crypto";
import { sealSubprotocolPrefix, ticketSubprotocolPrefix, viewerSubprotocol } from "@attestream/shared/viewer-protocol";
import { mintViewerPass, viewerPassHeader } from "@attestream/shared/worker-protocol";
import type { Check } from "../report/check.ts";
import { ask, enter, frameCaller, streamTicket, viewerEnd } from "../system/frame-calls.ts";
import { upgradeStatus } from "./upgrade.ts";

/** Who has no right to a session's stream, in all the ways in which one can have none, stays outside: no 101. */
export const viewerMatrix: Check = {
  name: "viewers",
  title: "wrong origins, spent, foreign and forged tickets, foreign passes",
  figures: [
    { name: "viewers.refused", unit: "% refused", goal: { of: "value", atLeast: 100 } },
    { name: "viewers.control", unit: "let in", goal: { of: "value", atLeast: 4 } },
  ],
  pages: { quiet: { html: () => "<!doctype html><title>Quiet</title><h1>Quiet</h1>" } },
  async attack({ victim: start }) {
    const victim = await start();
    const patience = AbortSignal.timeout(60_000);
    const [one, other] = await Promise.all(
      [0, 1].map(async () => {
        const { sessionId, embedUrl } = await victim.createSession("quiet");
        const caller = frameCaller(embedUrl);
        return { sessionId, caller, secret: await enter(caller) };
      }),
    );
    if (!one || !other) throw new Error("no sessions");
    const tries: { what: string; status: number }[] = [];
    const attempt = async (what: string, status: Promise<number>) => void tries.push({ what, status: await status });
    const controls: number[] = [];

    const wrong = [
      "https://evil.example",
      "null",
      "http://localhost",
      "http://127.0.0.1:1",
      `${one.caller.origin}.evil.example`,
    ];

    // The stream: each try has a fresh ticket, so that nothing but the one thing is wrong with it.
    const protocolsOf = async (ticket: string, own = one) => {
      const fresh = await streamTicket(own.caller, own.secret, patience);
      const { offer } = await viewerEnd(own.caller, fresh);
      return [
        viewerSubprotocol,
        `${ticketSubprotocolPrefix}${ticket || fresh.ticket}`,
        `${sealSubprotocolPrefix}${offer}`,
      ];
    };
    const { url } = await streamTicket(one.caller, one.secret, patience);
    for (const from of wrong)
      await attempt(`stream from ${from}`, upgradeStatus({ url, protocols: await protocolsOf(""), origin: from }));
    const { origin } = one.caller;
    const foreign = await streamTicket(other.caller, other.secret, patience);
    await attempt(
      "another session's ticket",
      upgradeStatus({ url, protocols: await protocolsOf(foreign.ticket), origin }),
    );
    await attempt("no ticket", upgradeStatus({ url, protocols: (await protocolsOf("")).toSpliced(1, 1), origin }));
    await attempt(
      "a made-up ticket",
      upgradeStatus({ url, protocols: await protocolsOf(randomBytes(48).toString("base64url")), origin }),
    );
    const fresh = await streamTicket(one.caller, one.secret, patience);
    const bent = `${fresh.ticket.slice(0, -2)}${fresh.ticket.endsWith("A") ? "B" : "A"}x`;
    await attempt("a bent ticket", upgradeStatus({ url, protocols: await protocolsOf(bent), origin }));
    await attempt(
      "the embed token as a ticket",
      upgradeStatus({ url, protocols: await protocolsOf(one.caller.token), origin }),
    );
    const used = await protocolsOf("");
    controls.push(await upgradeStatus({ url, protocols: used, origin }));
    await attempt("a spent ticket", upgradeStatus({ url, protocols: used, origin }));
    await attempt(
      "another session's stream with the own ticket",
      upgradeStatus({ url: foreign.url, protocols: await protocolsOf(""), origin }),
    );
    // A program is no browser: it sends no origin, and is let in with a ticket.
    controls.push(await upgradeStatus({ url, protocols: await protocolsOf("") }));

    // The worker itself, around the API.
    const worker = `ws://127.0.0.1:${victim.system.parts.worker.ready.port}/session/${one.sessionId}`;
    const inside = (await protocolsOf("")).toSpliced(1, 1);
    const pass = (token: string, claims: object) =>
      mintViewerPass(token, {
        sessionId: one.sessionId,
        epoch: 1,
        viewerId: crypto.randomUUID(),
        turn: 99,
        expiresAt: Date.now() + 20_000,
        ...claims,
      });
    const passes: [string, string | null][] = [
      ["no pass", null],
      ["a pass under another token", await pass("another-worker-token-0123456789", {})],
      ["a pass of yesterday", await pass(victim.workerToken, { expiresAt: Date.now() - 1 })],
      ["a pass for another session", await pass(victim.workerToken, { sessionId: other.sessionId })],
      ["a pass of another epoch", await pass(victim.workerToken, { epoch: 7 })],
      ["a pass signed with the bare token", bareSigned(victim.workerToken, one.sessionId)],
    ];
    for (const [what, given] of passes)
      await attempt(
        `worker: ${what}`,
        upgradeStatus({ url: worker, protocols: inside, headers: given === null ? {} : { [viewerPassHeader]: given } }),
      );

    controls.push((await ask(one.caller, "resume", {}, { secret: one.secret })).status === 200 ? 101 : 0);
    controls.push((await ask(other.caller, "resume", {}, { secret: other.secret })).status === 200 ? 101 : 0);
    // The frame's own calls come last: one that were let in would end the session.
    const paths: [string, object][] = [
      ["exchange", { token: one.caller.token }],
      ["resume", {}],
      ["stream-ticket", {}],
      ["consent", { accepted: true }],
      ["cancel", {}],
      ["hand-over", { to: "another" }],
      ["take-over", {}],
    ];
    for (const [path, body] of paths) {
      for (const from of [...wrong, null])
        await attempt(
          `${path} from ${from ?? "no origin"}`,
          ask(one.caller, path, body, { origin: from, secret: one.secret }).then(({ status }) => status),
        );
      if (path !== "exchange")
        await attempt(
          `${path} with the other session's secret`,
          ask(one.caller, path, body, { secret: other.secret }).then(({ status }) => status),
        );
    }

    await Promise.all([victim.end(one.sessionId), victim.end(other.sessionId)]);
    const letIn = tries.filter(({ status }) => status === 101 || status < 400);
    return {
      "viewers.refused": {
        value: ((tries.length - letIn.length) / tries.length) * 100,
        note: `${tries.length} tries${letIn.map(({ what, status }) => `; ${what}: ${status}`).join("")}`,
      },
      "viewers.control": { value: controls.filter((status) => status === 101).length, note: "with everything right" },
    };
  },
  holes: [
    {
      name: "no Origin check on the frame's calls",
      figure: "viewers.refused",
      patches: [
        {
          file: "apps/api/src/embed/embed.routes.ts",
          find: 'origin === undefined ? request.method !== "GET" : !addresses().frameOrigins.includes(origin)',
          replace: 'origin === "never"',
        },
      ],
    },
    {
      name: "no Origin check on the stream",
      figure: "viewers.refused",
      patches: [
        {
          file: "apps/api/src/stream/admit-viewer.ts",
          find: "request.origin !== null && !deps.frameOrigins().includes(request.origin)",
          replace: 'request.origin === "never"',
        },
      ],
    },
    {
      name: "a ticket opens any session",
      figure: "viewers.refused",
      patches: [
        {
          file: "apps/api/src/embed/signed-token.ts",
          find: ".update(sessionId)",
          replace: "",
        },
        { file: "apps/api/src/stream/admit-viewer.ts", find: '.where("session_id", "=", session.id)', replace: "" },
      ],
    },
    {
      name: "the worker believes any pass",
      figure: "viewers.refused",
      patches: [
        {
          file: "packages/shared/src/worker-protocol/viewer-pass.ts",
          find: 'if (!(await crypto.subtle.verify("HMAC", await importKey(workerToken), signature, body))) return null;',
          replace: "",
        },
      ],
    },
  ],
};

/** Of who knows the token, and not how it is used. */
function bareSigned(token: string, sessionId: string): string {
  const claims = { sessionId, epoch: 1, viewerId: "x", turn: 99, expiresAt: Date.now() + 20_000 };
  const body = Buffer.from(JSON.stringify(claims)).toString("base64url");
  return `${body}.${createHmac("sha256", token).update(body).digest("base64url")}`;
}
