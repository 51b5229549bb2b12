import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { frameOpeningSchema, frameViewSchema, handOverSchema, streamTicketSchema } from "@attestream/shared/frame-api";
import { errorEnvelopeSchema } from "@attestream/shared/partner-api";
import { ticketSubprotocolPrefix, viewerSubprotocol } from "@attestream/shared/viewer-protocol";
import { checkViewerPass, viewerPassHeader } from "@attestream/shared/worker-protocol";
import { embedded, postgres } from "../test-support/engines.ts";
import { handOverLifeMs } from "./hand-over-token.ts";
import { readViews } from "./test-support/read-events.ts";
import { startEntrance, type Entrance } from "./test-support/start-entrance.ts";

const racers = 40;

describe.each([{ engine: embedded }, { engine: postgres() }])(
  "a session that goes on elsewhere, on $engine.name",
  ({ engine }) => {
    const undo = new AsyncDisposableStack();
    let entrance: Entrance;
    beforeAll(async () => {
      undo.defer(() => engine.stop());
      const { DATABASE_URL: databaseUrl } = await engine.env();
      entrance = undo.use(await startEntrance({ databaseUrl }));
    });
    afterAll(() => undo.disposeAsync());

    type Device = Record<string, string>;
    const post = (id: string, action: string, body: unknown, device: Device = {}) =>
      entrance.post(`/verify/${id}/${action}`, body, device);
    const dataOf = async (response: Response) => {
      expect(response.status).toBe(200);
      return ((await response.json()) as { data: unknown }).data;
    };
    const errorOf = async (response: Response) => ({
      status: response.status,
      code: errorEnvelopeSchema.parse(await response.json()).error.code,
    });
    const cookieOf = (response: Response): Device => ({
      cookie: response.headers.getSetCookie()[0]?.split(";")[0] ?? "",
    });

    /** A session in the middle of a login, and the device that holds it. */
    async function start(): Promise<{ id: string; first: Device }> {
      const id = await entrance.createSession({ consentRequired: false });
      const entered = await post(id, "exchange", { token: entrance.mintToken(id) });
      await entrance.makeReady(id);
      await entrance.sessions.apply(id, { type: "viewer.connected" });
      return { id, first: cookieOf(entered) };
    }
    async function offer(id: string, device: Device): Promise<string> {
      const { url } = handOverSchema.parse(await dataOf(await post(id, "hand-over", { to: "another" }, device)));
      return new URL(url ?? "").searchParams.get("handover") ?? "";
    }
    const take = (id: string, token: string, device: Device = {}) => post(id, "take-over", { token }, device);
    async function moveOn(id: string, from: Device): Promise<Device> {
      const taken = await take(id, await offer(id, from));
      expect(frameOpeningSchema.parse(await dataOf(taken)).view.handOver).toEqual({
        elsewhere: false,
        returnable: true,
        offered: false,
      });
      return cookieOf(taken);
    }
    const handOverOf = async (id: string, device: Device) =>
      frameOpeningSchema.parse(await dataOf(await post(id, "resume", {}, device))).view.handOver;

    it("belongs to the new device alone; the first may watch, and the move is in the log", async () => {
      const { id, first } = await start();
      const second = await moveOn(id, first);
      expect(await handOverOf(id, first)).toEqual({ elsewhere: true, returnable: false, offered: false });
      for (const [action, body] of [
        ["stream-ticket", {}],
        ["cancel", {}],
        ["consent", { accepted: false }],
        ["hand-over", { to: "another" }],
        ["take-over", {}],
      ] as const)
        expect(await errorOf(await post(id, action, body, first))).toEqual({
          status: 409,
          code: "session_handed_over",
        });
      const ticket = streamTicketSchema.parse(await dataOf(await post(id, "stream-ticket", {}, second)));
      expect(ticket.ticket).not.toBe("");
      const log = await entrance.db.selectFrom("session_events").select("type").where("session_id", "=", id).execute();
      expect(log.filter(({ type }) => type === "viewer.replaced")).toHaveLength(1);
    });

    it("ends the first device's stream, tells its page, and gives the worker a later turn", async () => {
      const { id, first } = await start();
      const dial = async (device: Device) => {
        const { ticket } = streamTicketSchema.parse(await dataOf(await post(id, "stream-ticket", {}, device)));
        const socket = new WebSocket(
          entrance.streamUrl(id),
          [viewerSubprotocol, `${ticketSubprotocolPrefix}${ticket}`, "seal.b2ZmZXI"],
          { origin: entrance.origin },
        );
        await once(socket, "open");
        const pass = String(entrance.worker.upgrades.at(-1)?.headers[viewerPassHeader]);
        return { socket, turn: (await checkViewerPass(entrance.worker.token, pass, new Date()))?.turn };
      };
      const before = await dial(first);
      const views = readViews(await entrance.get(`/verify/${id}/events`, first));
      expect((await views.next()).value?.handOver.elsewhere).toBe(false);
      const closed = once(before.socket, "close");
      const second = await moveOn(id, first);
      await closed;
      expect((await views.next()).value?.handOver.elsewhere).toBe(true);
      const after = await dial(second);
      expect([before.turn, after.turn]).toEqual([1, 2]);
      after.socket.terminate();
      // And goes on telling it how the session does.
      await entrance.sessions.apply(id, { type: "session.cancelled", code: "USER_CANCELLED" });
      expect((await views.next()).value?.status).toBe("CANCELLED");
    });

    it("goes back only when the device that holds it offers that, and then once", async () => {
      const { id, first } = await start();
      const second = await moveOn(id, first);
      expect(
        handOverSchema.parse(await dataOf(await post(id, "hand-over", { to: "previous" }, second))).url,
      ).toBeNull();
      expect(await handOverOf(id, first)).toMatchObject({ offered: true });
      const back = frameOpeningSchema.parse(await dataOf(await post(id, "take-over", {}, first)));
      expect(back.view.handOver).toEqual({ elsewhere: false, returnable: true, offered: false });
      expect(await errorOf(await post(id, "take-over", {}, second))).toEqual({
        status: 409,
        code: "session_handed_over",
      });
      expect(await errorOf(await post(id, "stream-ticket", {}, second))).toMatchObject({ code: "session_handed_over" });
    });

    it("does not go back after the offer has run out, and not to a stranger", async () => {
      const { id, first } = await start();
      const second = await moveOn(id, first);
      await dataOf(await post(id, "hand-over", { to: "previous" }, second));
      expect(await errorOf(await post(id, "take-over", {}))).toEqual({ status: 401, code: "viewer_unknown" });
      entrance.advance(handOverLifeMs);
      expect(await errorOf(await post(id, "take-over", {}, first))).toMatchObject({ code: "session_handed_over" });
      expect(await handOverOf(id, second)).toMatchObject({ elsewhere: false });
    });

    it(`has one winner among ${racers} that take it at once`, async () => {
      const { id, first } = await start();
      const token = await offer(id, first);
      const finishes = await Promise.all(Array.from({ length: racers }, () => take(id, token)));
      const winners = finishes.filter(({ status }) => status === 200);
      expect(winners).toHaveLength(1);
      for (const loser of finishes.filter((finish) => finish !== winners[0]))
        expect(await errorOf(loser)).toEqual({ status: 410, code: "embed_token_used" });
      expect(await handOverOf(id, cookieOf(winners[0]!))).toMatchObject({ elsewhere: false });
      const holding = entrance.db.selectFrom("viewers").select("id").where("handed_over_at", "is", null);
      expect(await holding.where("session_id", "=", id).execute()).toHaveLength(1);
    });

    it("takes no token that is old, forged, of another session, or of a device that lost it meanwhile", async () => {
      const { id, first } = await start();
      const other = await start();
      const [early, one, two] = [await offer(id, first), await offer(id, first), await offer(id, first)];
      const invalid = { status: 401, code: "embed_token_invalid" };
      expect(await errorOf(await take(other.id, one))).toEqual(invalid);
      expect(await errorOf(await take(id, `${one.slice(0, -2)}AA`))).toEqual(invalid);
      expect(await errorOf(await take(id, entrance.mintToken(id)))).toEqual(invalid);
      expect(await errorOf(await post(id, "exchange", { token: one }))).toEqual(invalid);
      expect((await take(id, one)).status).toBe(200);
      expect(await errorOf(await take(id, two))).toEqual({ status: 409, code: "session_held" });
      entrance.advance(handOverLifeMs);
      expect(await errorOf(await take(id, early))).toEqual(invalid);
      expect(await errorOf(await post(id, "hand-over", { to: "another" }))).toEqual({
        status: 401,
        code: "viewer_unknown",
      });
    });

    it("is over when it is over", async () => {
      const { id, first } = await start();
      const token = await offer(id, first);
      await entrance.sessions.apply(id, { type: "session.cancelled", code: "USER_CANCELLED" });
      expect(await errorOf(await take(id, token))).toEqual({ status: 410, code: "session_over" });
      expect(await errorOf(await post(id, "hand-over", { to: "another" }, first))).toMatchObject({
        code: "session_over",
      });
      const { view } = frameOpeningSchema.parse(await dataOf(await post(id, "resume", {}, first)));
      expect(frameViewSchema.parse(view).status).toBe("CANCELLED");
    });

    it("is taken over in a window of its own only", async () => {
      const { id } = await start();
      const response = await entrance.get(`/verify/${id}?handover=x`);
      expect(response.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
    });
  },
);
