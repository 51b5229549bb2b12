import { describe, expect, it } from "vitest";
import { decodePacket, encodePacket, PacketError, packetFlags } from "./packet.ts";

const packet = {
  flags: packetFlags.key | packetFlags.passThrough,
  seq: 4_000_000_000,
  width: 1280,
  height: 720,
  dy: -40,
  rectangles: [
    { x: 0, y: 0, width: 1280, height: 720, image: new Uint8Array([0xff, 0xd8, 0xff]) },
    { x: 1248, y: 688, width: 32, height: 32, image: new Uint8Array([1]) },
  ],
};

describe("frame packets", () => {
  it("decode to what was encoded", () => {
    expect(decodePacket(encodePacket(packet))).toEqual(packet);
  });

  it("cut off at any byte are refused with a PacketError", () => {
    const bytes = encodePacket(packet);
    for (let length = 0; length < bytes.length; length += 1) {
      expect(() => decodePacket(bytes.subarray(0, length))).toThrow(PacketError);
    }
  });

  it("with a rectangle outside the picture are refused", () => {
    const outside = { ...packet, rectangles: [{ x: 1270, y: 0, width: 32, height: 32, image: new Uint8Array([1]) }] };
    expect(() => decodePacket(encodePacket(outside))).toThrow("outside the picture");
  });
});
