import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { expect, it } from "vitest";
import { ShapedLink, unlimited, type LinkShape } from "./shaped-link.ts";

interface Line extends AsyncDisposable {
  near: Socket;
  far: Socket;
}

async function openLine(shape: LinkShape): Promise<Line> {
  const server = createServer({ noDelay: true }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const link = await ShapedLink.listen(shape);
  link.leadTo((server.address() as AddressInfo).port);
  const arrived = once(server, "connection");
  const near = connect({ port: link.port, host: "127.0.0.1", noDelay: true });
  const [far] = (await arrived) as [Socket];
  near.on("error", () => {});
  far.on("error", () => {});
  return {
    near,
    far,
    async [Symbol.asyncDispose]() {
      near.destroy();
      far.destroy();
      await link[Symbol.asyncDispose]();
      server.close();
    },
  };
}

/** Resolves to what has come once `bytes` have. */
async function receive(socket: Socket, bytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for (let got = 0; got < bytes;) {
    const [chunk] = (await once(socket, "data")) as [Buffer];
    chunks.push(chunk);
    got += chunk.length;
  }
  return Buffer.concat(chunks);
}

// Lower bounds only: a busy machine makes a line slower than its shape, never faster.
it("a message takes the delay there and the delay back", async () => {
  await using line = await openLine({ bitsPerSecond: null, delayMs: 40 });
  line.far.on("data", (chunk: Buffer) => line.far.write(chunk));
  const startedAt = performance.now();
  line.near.write("ping");
  expect((await receive(line.near, 4)).toString()).toBe("ping");
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(79);
});

it("bytes come no faster than the rate, all of them, in order", async () => {
  await using line = await openLine({ bitsPerSecond: 4_000_000, delayMs: 10 });
  const sent = Buffer.from(Uint8Array.from({ length: 200_000 }, (_, index) => (index * 7 + (index >> 8)) & 255));
  const startedAt = performance.now();
  line.near.write(sent);
  const got = await receive(line.far, sent.length);
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(200_000 / 500 + 9);
  expect(got.equals(sent)).toBe(true);
});

it("the sender feels the bottleneck: the link does not swallow what it cannot carry", async () => {
  await using line = await openLine({ bitsPerSecond: 100_000, delayMs: 5 });
  let takenAtOnce = 0;
  line.far.on("data", (chunk: Buffer) => {
    takenAtOnce += chunk.length;
  });
  const whole = 32 * 1024 * 1024;
  line.near.write(Buffer.alloc(whole));
  await once(line.far, "data");
  // Kernel buffers on both sides take some MiB; the rest must still be with the sender.
  expect(line.near.writableLength).toBeGreaterThan(0);
  expect(takenAtOnce).toBeLessThan(whole / 100);
});

it("a link without limits passes everything on, and the end of either side", async () => {
  await using line = await openLine(unlimited);
  const ended = once(line.far, "end");
  line.near.end("last words");
  expect((await receive(line.far, 10)).toString()).toBe("last words");
  await ended;
  const closed = once(line.near, "close");
  line.far.end();
  line.near.resume();
  await closed;
});
