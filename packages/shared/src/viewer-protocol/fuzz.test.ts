import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodePacket, encodePacket, PacketError, packetFlags, packetLimits } from "./packet.ts";
import { encodeMessage, readPayload } from "./payload.ts";
import { viewerMessageSchema, type ViewerMessage } from "./viewer-message.ts";

const runs = 100_000;

/** A few bytes of something valid become others, are left out or come twice. */
function mutated(valid: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const change = fc.record({
    at: fc.nat(),
    byte: fc.integer({ min: 0, max: 255 }),
    kind: fc.constantFrom("set", "cut", "repeat"),
  });
  return fc.tuple(fc.constantFrom(...valid), fc.array(change, { minLength: 1, maxLength: 4 })).map(([start, changes]) =>
    changes.reduce((bytes, { at, byte, kind }) => {
      const place = bytes.length === 0 ? 0 : at % bytes.length;
      if (kind === "cut") return bytes.slice(0, place);
      if (kind === "repeat") return Uint8Array.from([...bytes, ...bytes.slice(place)]);
      const copy = bytes.slice();
      copy[place] = byte;
      return copy;
    }, start),
  );
}

describe("what the other side might send", () => {
  it("as a packet is decoded within its bounds or refused with a PacketError", () => {
    const image = new Uint8Array([0xff, 0xd8, 0xff]);
    const rectangle = { x: 0, y: 0, width: 64, height: 32, image };
    const frame = { seq: 7, width: 640, height: 480, shift: null, rectangles: [rectangle] };
    const valid = [
      encodePacket({ ...frame, flags: packetFlags.key }),
      encodePacket({ ...frame, flags: packetFlags.delta, rectangles: [] }),
      encodePacket({
        ...frame,
        flags: packetFlags.delta,
        shift: { x: 0, y: 20, width: 640, height: 400, dy: -37 },
        rectangles: [rectangle, { ...rectangle, x: 64 }, { ...rectangle, x: 128 }],
      }),
    ];
    let refused = 0;
    fc.assert(
      fc.property(fc.oneof(mutated(valid), fc.uint8Array({ maxLength: 200 })), (bytes) => {
        try {
          const { width, height, shift, rectangles } = decodePacket(bytes);
          expect(Math.max(width, height)).toBeLessThanOrEqual(packetLimits.side);
          for (const area of [...rectangles, ...(shift ? [shift] : [])])
            if (area.x + area.width > width || area.y + area.height > height) throw new Error("outside the picture");
          // Views into what came: nothing is allocated for what a header only claims.
          for (const { image: part } of rectangles) expect(part.buffer).toBe(bytes.buffer);
        } catch (error) {
          if (!(error instanceof PacketError)) throw error;
          refused += 1;
        }
      }),
      { numRuns: runs },
    );
    expect(refused).toBeGreaterThan(runs / 10);
    expect(refused).toBeLessThan(runs);
  });

  it("as a message is one of the protocol's, or nothing", () => {
    const messages: ViewerMessage[] = [
      { type: "ack", seq: 12 },
      { type: "pointer", action: "down", x: 10, y: 20, button: "left", buttons: 1, clickCount: 1, modifiers: 0 },
      { type: "key", action: "down", key: "a", code: "KeyA", location: 0, repeat: false, modifiers: 2 },
      { type: "resize", width: 800, height: 600, ratio: 2 },
      { type: "dialogReply", id: "d1", accepted: true, text: "yes" },
      { type: "selectReply", id: "s1", index: 3 },
      { type: "text", text: "123456", replace: true },
      { type: "formReply", challengeId: "c1", values: [{ id: "username", value: "jane" }] },
    ];
    let taken = 0;
    fc.assert(
      fc.property(fc.oneof(mutated(messages.map(encodeMessage)), fc.uint8Array({ maxLength: 200 })), (bytes) => {
        let value: unknown;
        try {
          const payload = readPayload(bytes);
          if (payload.kind === "packet") return;
          ({ value } = payload);
        } catch (error) {
          // Text that is no JSON, or bytes that are no text.
          if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
          return;
        }
        if (viewerMessageSchema.safeParse(value).success) taken += 1;
      }),
      { numRuns: runs },
    );
    expect(taken).toBeGreaterThan(0);
    expect(taken).toBeLessThan(runs / 2);
  });
});
