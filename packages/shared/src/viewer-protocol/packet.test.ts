import { describe, expect, it } from "vitest";
import { decodePacket, encodePacket, PacketError, packetFlags } from "./packet.ts";

const packet = {
  flags: packetFlags.key | packetFlags.passThrough,
  seq: 4_000_000_000,
  width: 1280,
  height: 720,
  shift: null,
  rectangles: [
    { x: 0, y: 0, width: 1280, height: 720, image: new Uint8Array([0xff, 0xd8, 0xff]) },
    { x: 1248, y: 688, width: 32, height: 32, image: new Uint8Array([1]) },
  ],
};

const shifted = {
  ...packet,
  flags: packetFlags.delta,
  shift: { x: 200, y: 80, width: 1080, height: 640, dy: -40 },
};

describe("frame packets", () => {
  it("decode to what was encoded", () => {
    expect(decodePacket(encodePacket(packet))).toEqual(packet);
  });

  it("with a shift name the region that it is for", () => {
    expect(decodePacket(encodePacket(shifted))).toEqual(shifted);
  });

  it.each([
    ["in a key packet", { ...shifted, flags: packetFlags.key }, "a key packet with a shift"],
    ["as far as the region is high", { ...shifted, shift: { ...shifted.shift, dy: 640 } }, "shift out of bounds"],
    ["of a region outside the picture", { ...shifted, shift: { ...shifted.shift, y: 81 } }, "outside the picture"],
  ])("with a shift %s are refused", (_name, wrong, message) => {
    expect(() => decodePacket(encodePacket(wrong))).toThrow(message);
  });

  it.each([packet, shifted])("cut off at any byte are refused with a PacketError", (whole) => {
    const bytes = encodePacket(whole);
    for (let length = 0; length < bytes.length; length += 1) {
      expect(() => decodePacket(bytes.subarray(0, length))).toThrow(PacketError);
    }
  });

  it("with a rectangle outside the picture are refused", () => {
    const outside = { ...packet, rectangles: [{ x: 1270, y: 0, width: 32, height: 32, image: new Uint8Array([1]) }] };
    expect(() => decodePacket(encodePacket(outside))).toThrow("outside the picture");
  });
});
