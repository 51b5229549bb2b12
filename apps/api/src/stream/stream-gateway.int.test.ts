import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { WebSocket } from "ws";
import { errorEnvelopeSchema } from "@attestream/shared/partner-api";
import { sealSubprotocolPrefix, ticketSubprotocolPrefix, viewerSubprotocol } from "@attestream/shared/viewer-protocol";
import { checkViewerPass, viewerPassHeader } from "@attestream/shared/worker-protocol";
import { startEntrance, type Entrance } from "../embed/test-support/start-entrance.ts";

/** Nobody opens it here: the worker of these tests repeats what it hears. */
const sealOffer = `${sealSubprotocolPrefix}offer`;

let entrance: Entrance;
beforeAll(async () => {
  entrance = await startEntrance({ timing: { cutOff: 20, connect: 500, answer: 300, recheck: 200 } });
});
afterAll(() => entrance[Symbol.asyncDispose]());

/** A session that a viewer has opened and a worker holds. */
async function openSession() {
  const id = await entrance.createSession();
  const response = await entrance.post(`/verify/${id}/exchange`, { token: entrance.mintToken(id) });
  const cookie = response.headers.getSetCookie()[0]?.split(";")[0] ?? "";
  await entrance.makeReady(id);
  const ticket = async () => {
    const answer = (await (await entrance.post(`/verify/${id}/stream-ticket`, {}, { cookie })).json()) as {
      data: { ticket: string };
    };
    return answer.data.ticket;
  };
  return { id, cookie, ticket };
}

function dial(id: string, ticket: string, options: { origin?: string; headers?: Record<string, string> } = {}) {
  return new WebSocket(entrance.streamUrl(id), [viewerSubprotocol, `${ticketSubprotocolPrefix}${ticket}`, sealOffer], {
    origin: options.origin ?? entrance.origin,
    headers: options.headers ?? {},
  });
}

async function openStream(id: string, ticket: string) {
  const socket = dial(id, ticket);
  await once(socket, "open");
  return socket;
}

/** Accepts connections and never answers. */
async function startMuteServer() {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.resume());
    socket.on("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: () => sockets.size,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The HTTP answer in place of 101. */
async function refusalOf(socket: WebSocket) {
  socket.on("error", () => undefined);
  const [, response] = await once(socket, "unexpected-response");
  let text = "";
  for await (const chunk of response) text += String(chunk);
  return { status: response.statusCode as number, code: errorEnvelopeSchema.parse(JSON.parse(text)).error.code };
}

describe("a viewer with a ticket", () => {
  it("is passed on to the worker, with a pass and without ticket, cookie, origin or compression", async () => {
    const { id, cookie, ticket } = await openSession();
    const secret = await ticket();
    const socket = dial(id, secret, { headers: { cookie } });
    await once(socket, "open");
    expect(socket.protocol).toBe(viewerSubprotocol);
    expect(socket.extensions).toBe("");
    const upgrade = entrance.worker.upgrades.at(-1);
    expect(upgrade?.url).toBe(`/session/${id}`);
    expect(upgrade?.headers["sec-websocket-protocol"]).toBe(`${viewerSubprotocol}, ${sealOffer}`);
    expect(
      upgrade?.headers.cookie ?? upgrade?.headers.origin ?? upgrade?.headers["sec-websocket-extensions"],
    ).toBeUndefined();
    expect(JSON.stringify(upgrade?.rawHeaders)).not.toContain(secret);
    const pass = await checkViewerPass(entrance.worker.token, String(upgrade?.headers[viewerPassHeader]), new Date());
    expect(pass).toMatchObject({ sessionId: id, epoch: 1, viewerId: expect.any(String) });
    socket.terminate();
  });

  it("exchanges bytes both ways, more than any buffer holds, unchanged", async () => {
    const { id, ticket } = await openSession();
    const socket = await openStream(id, await ticket());
    const sent = Array.from({ length: 64 }, (_, index) => Buffer.alloc(512 * 1024, index));
    const received: Buffer[] = [];
    const all = new Promise<void>((resolve) => {
      socket.on("message", (data: Buffer) => {
        received.push(data);
        if (received.length === sent.length) resolve();
      });
    });
    for (const bytes of sent) socket.send(bytes);
    await all;
    expect(Buffer.concat(received).equals(Buffer.concat(sent))).toBe(true);
    socket.close(1000);
    const [code] = await once(socket, "close");
    expect(code).toBe(1000);
  });

  it("that stops reading stops the worker, and misses nothing", async () => {
    const { id, ticket } = await openSession();
    const socket = await openStream(id, await ticket());
    const [served] = entrance.worker.webSockets.clients;
    if (!served) throw new Error("the worker has no connection");
    socket.pause();
    const chunk = Buffer.alloc(1024 * 1024, 7);
    const chunks = 64;
    for (let i = 0; i < chunks; i += 1) served.send(chunk);
    // What is not in the kernel's buffers stays with the worker: the API takes none of it in.
    let buffered = -1;
    await vi.waitFor(
      () => {
        const before = buffered;
        buffered = served.bufferedAmount;
        expect(buffered).toBe(before);
      },
      { interval: 100, timeout: 10_000 },
    );
    expect(buffered).toBeGreaterThan((chunks / 2) * chunk.length);
    let received = 0;
    const all = new Promise<void>((resolve) => {
      socket.on("message", (data: Buffer) => {
        received += data.length;
        if (received === chunks * chunk.length) resolve();
      });
    });
    socket.resume();
    await all;
    socket.terminate();
  });

  it("hears the worker's own close code", async () => {
    const { id, ticket } = await openSession();
    const socket = await openStream(id, await ticket());
    for (const client of entrance.worker.webSockets.clients) client.close(4000, "released");
    const [code] = await once(socket, "close");
    expect(code).toBe(4000);
  });

  it("is cut off when the worker dies, and the worker when the viewer dies", async () => {
    const { id, ticket } = await openSession();
    const first = await openStream(id, await ticket());
    const closed = once(first, "close");
    entrance.worker.die();
    expect((await closed)[0]).toBe(1006);

    const second = await openStream(id, await ticket());
    const [served] = entrance.worker.webSockets.clients;
    second.terminate();
    if (served && served.readyState !== WebSocket.CLOSED) await once(served, "close");
    expect(served?.readyState).toBe(WebSocket.CLOSED);
  });

  it("is cut off when its session is over and the worker says nothing", async () => {
    const { id, ticket } = await openSession();
    const socket = await openStream(id, await ticket());
    const closed = once(socket, "close");
    await entrance.sessions.apply(id, { type: "session.terminated", code: "TERMINATED_BY_PARTNER" });
    await closed;
  });

  it("gives way to a later viewer of a session that nobody was connected to", async () => {
    const { id, ticket } = await openSession();
    const late = await ticket();
    const socket = await openStream(id, await ticket());
    const closed = once(socket, "close");
    await entrance.post(`/verify/${id}/exchange`, { token: entrance.mintToken(id) });
    await closed;
    expect(await refusalOf(dial(id, late))).toEqual({ status: 401, code: "viewer_unknown" });
  });

  it("gives way also when that viewer entered through another replica, which cannot reach the stream", async () => {
    const { id, ticket } = await openSession();
    const socket = await openStream(id, await ticket());
    const closed = once(socket, "close");
    await entrance.db.deleteFrom("viewers").where("session_id", "=", id).execute();
    await closed;
  });

  it("may be a program that is no browser and has no origin", async () => {
    const { id, ticket } = await openSession();
    const socket = new WebSocket(entrance.streamUrl(id), [
      viewerSubprotocol,
      `${ticketSubprotocolPrefix}${await ticket()}`,
      sealOffer,
    ]);
    await once(socket, "open");
    socket.terminate();
  });
});

describe("an upgrade is answered with plain HTTP and never reaches the worker", () => {
  const count = () => entrance.worker.upgrades.length;

  it("when its ticket was spent, also by one of many at once", async () => {
    const { id, ticket } = await openSession();
    const secret = await ticket();
    const before = count();
    const attempts = await Promise.all(
      Array.from({ length: 20 }, () => {
        const socket = dial(id, secret);
        return Promise.race([
          once(socket, "open").then(() => (socket.terminate(), "open" as const)),
          refusalOf(socket),
        ]);
      }),
    );
    expect(attempts.filter((result) => result === "open")).toHaveLength(1);
    for (const result of attempts)
      if (result !== "open") expect(result).toEqual({ status: 401, code: "viewer_unknown" });
    expect(await refusalOf(dial(id, secret))).toEqual({ status: 401, code: "viewer_unknown" });
    expect(count()).toBe(before + 1);
  });

  it("when its ticket is of another session, too old, or none", async () => {
    const [one, other] = [await openSession(), await openSession()];
    const before = count();
    const unknown = { status: 401, code: "viewer_unknown" };
    expect(await refusalOf(dial(one.id, await other.ticket()))).toEqual(unknown);
    expect(await refusalOf(dial(one.id, "abc"))).toEqual(unknown);
    expect(await refusalOf(dial(one.id, entrance.mintToken(one.id)))).toEqual(unknown);
    const bare = new WebSocket(entrance.streamUrl(one.id), [viewerSubprotocol], { origin: entrance.origin });
    expect(await refusalOf(bare)).toEqual(unknown);
    const old = await one.ticket();
    entrance.advance(30_000);
    expect(await refusalOf(dial(one.id, old))).toEqual(unknown);
    entrance.advance(-30_000);
    expect(count()).toBe(before);
  });

  it("when it comes from a foreign page", async () => {
    const { id, ticket } = await openSession();
    const before = count();
    for (const origin of ["https://evil.example", "null", `${entrance.origin}.evil.example`]) {
      expect(await refusalOf(dial(id, await ticket(), { origin }))).toEqual({ status: 403, code: "origin_refused" });
    }
    expect(count()).toBe(before);
  });

  it("when the session has no browser, or its worker cannot be reached, or it is over", async () => {
    const { id, ticket } = await openSession();
    const [first, second, third] = [await ticket(), await ticket(), await ticket()];
    const none = { status: 409, code: "session_has_no_browser" };
    const { address } = entrance.worker;
    entrance.worker.address = "127.0.0.1:1";
    expect(await refusalOf(dial(id, first))).toEqual(none);
    entrance.worker.address = address;
    await entrance.sessions.apply(id, { type: "session.released", parked: true });
    expect(await refusalOf(dial(id, second))).toEqual(none);
    await entrance.sessions.apply(id, { type: "session.cancelled", code: "USER_CANCELLED" });
    expect(await refusalOf(dial(id, third))).toEqual({ status: 410, code: "session_over" });
  });

  it("or is cut off when the worker accepts it and says nothing", async () => {
    const { id, ticket } = await openSession();
    await using mute = await startMuteServer();
    const { address } = entrance.worker;
    entrance.worker.address = mute.address;
    const socket = dial(id, await ticket());
    socket.on("error", () => undefined);
    await new Promise((resolve) => socket.once("close", resolve));
    entrance.worker.address = address;
    await vi.waitFor(() => expect(mute.connections()).toBe(0));
  });

  it("when it is no handshake of ours", async () => {
    const { id } = await openSession();
    const host = new URL(entrance.origin);
    const ask = async (lines: string[]) => {
      const socket = connect({ host: "127.0.0.1", port: Number(host.port) });
      socket.write([...lines, "Host: x", "Connection: Upgrade", "Upgrade: websocket", "", ""].join("\r\n"));
      let text = "";
      for await (const chunk of socket) text += String(chunk);
      return text.split("\r\n", 1)[0];
    };
    const key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
    expect(await ask(["GET /session/none HTTP/1.1", key, "Sec-WebSocket-Version: 13"])).toBe("HTTP/1.1 404 Not Found");
    expect(await ask([`GET /session/${id} HTTP/1.1`, key, "Sec-WebSocket-Version: 8"])).toBe(
      "HTTP/1.1 400 Bad Request",
    );
    expect(await ask([`GET /session/${id} HTTP/1.1`, "Sec-WebSocket-Version: 13"])).toBe("HTTP/1.1 400 Bad Request");
    expect(await ask([`GET /session/${id} HTTP/1.1`, key, "Sec-WebSocket-Version: 13"])).toBe(
      "HTTP/1.1 400 Bad Request",
    );
  });
});

it("closing the gateway ends every stream, refuses new ones and leaves no socket", async () => {
  await using own = await startEntrance({ timing: { linger: 50 } });
  const shared = entrance;
  entrance = own;
  try {
    const { id, ticket } = await openSession();
    const late = await ticket();
    const socket = await openStream(id, await ticket());
    const closed = once(socket, "close");
    await own.gateway.close();
    await closed;
    await vi.waitFor(() => expect(own.worker.connections()).toBe(0));
    expect(await refusalOf(dial(id, late))).toEqual({ status: 503, code: "storage_unavailable" });
  } finally {
    entrance = shared;
  }
});
