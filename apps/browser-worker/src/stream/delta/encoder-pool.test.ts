import { decodePacket } from "@attestream/shared/viewer-protocol";
import { afterEach, expect, it, vi } from "vitest";
import type { FrameEncoder } from "../frame-encoder.ts";
import { EncoderPool } from "./encoder-pool.ts";
import { PaintedPage } from "./testing/painted-page.ts";
import { SimulatedViewer } from "./testing/simulated-viewer.ts";

// A thread loads its codecs first.
vi.setConfig({ testTimeout: 60_000 });

const pools: EncoderPool[] = [];
afterEach(() => Promise.all(pools.splice(0).map((pool) => pool.close())));

function open(options?: ConstructorParameters<typeof EncoderPool>[0]): EncoderPool {
  const pool = new EncoderPool(options);
  pools.push(pool);
  return pool;
}

async function encode(encoder: FrameEncoder, page: PaintedPage, changes: { seq?: number; fresh?: boolean } = {}) {
  const image = Uint8Array.from(await page.png());
  return encoder.encode({ seq: 1, scrolledBy: 0, fresh: false, ...changes, image });
}

it("gives each of several streams the packets of its own page", async () => {
  const pool = open();
  await Promise.all(
    [1, 2, 3, 4].map(async (seed) => {
      const encoder = pool.open();
      const page = new PaintedPage(200, 160);
      const viewer = new SimulatedViewer();
      for (let seq = 1; seq <= 4; seq += 1) {
        page.change({ kind: "text", area: { x: seed * 20, y: seq * 30, width: 50, height: 12 }, seed: seed * seq });
        const encoded = await encode(encoder, page, { seq });
        expect(encoded).toMatchObject({ width: 200, height: 160 });
        expect(decodePacket(encoded!.packet).seq).toBe(seq);
        await viewer.draw(encoded!.packet);
      }
      expect(viewer.picture.pixels.equals(page.image.pixels)).toBe(true);
      expect(await encode(encoder, page)).toBeNull();
      encoder.dispose();
    }),
  );
});

it("says that a picture could not be read, and goes on with the next", async () => {
  const encoder = open().open();
  const image = new Uint8Array([1, 2, 3]);
  await expect(encoder.encode({ seq: 1, image, scrolledBy: 0, fresh: true })).rejects.toThrow("could not be encoded");
  expect(await encode(encoder, new PaintedPage(40, 40))).toMatchObject({ dirty: 1 });
});

it("a frame is lost with its thread, and so is one that hangs; the next gets a new thread", async () => {
  for (const options of [
    { program: new URL("testing/dying-thread.ts", import.meta.url) },
    { program: new URL("testing/silent-thread.ts", import.meta.url), longestMs: 20 },
  ]) {
    const encoder = open(options).open();
    const page = new PaintedPage(40, 40);
    await expect(encode(encoder, page)).rejects.toThrow("the encoder's thread ended");
    await expect(encode(encoder, page)).rejects.toThrow("the encoder's thread ended");
  }
});

it("does nothing any more once it is closed or disposed of", async () => {
  const pool = open();
  const [one, other] = [pool.open(), pool.open()];
  const page = new PaintedPage(40, 40);
  await encode(one, page);
  one.dispose();
  await expect(encode(one, page)).rejects.toThrow("closed");
  await pool.close();
  await expect(encode(other, page)).rejects.toThrow("closed");
});
