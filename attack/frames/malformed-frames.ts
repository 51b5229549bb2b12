import { randomBytes, randomInt } from "node:crypto";

/** A WebSocket frame by hand, because a library makes no wrong ones. */
function frame(opcode: number, payload: Buffer, { final = true, reserved = 0, masked = true } = {}): Buffer {
  const length = payload.length;
  const extended = length < 126 ? Buffer.alloc(0) : Buffer.alloc(2);
  if (length >= 126) extended.writeUInt16BE(length);
  const first = (final ? 0x80 : 0) | (reserved << 4) | opcode;
  const second = (masked ? 0x80 : 0) | (length < 126 ? length : 126);
  if (!masked) return Buffer.concat([Buffer.from([first, second]), extended, payload]);
  const mask = randomBytes(4);
  const body = Buffer.from(payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0)));
  return Buffer.concat([Buffer.from([first, second]), extended, mask, body]);
}

const text = (value: unknown) => Buffer.from(typeof value === "string" ? value : JSON.stringify(value));
const odd = [
  "",
  "{",
  "[]",
  "null",
  "1e999",
  '{"type":"__proto__"}',
  '{"__proto__":{"admin":true}}',
  "[".repeat(4_000),
  '{"type":"pointer","x":1e400}',
  `{"type":"${"x".repeat(2_000)}"}`,
  '{"type":"report","sessionId":"x","epoch":-1}',
  '{"type":"register","protocol":1}',
  '{"type":"heartbeat","warm":-5,"held":"all"}',
  '{"type":"hello","nonce":1}',
  "\u0000\uffff",
];

/** Wrong inside a sound frame: what the reader of messages has to withstand. Many fit on one connection. */
export function malformedMessage(): Buffer {
  switch (randomInt(5)) {
    case 0:
      return frame(1, text(odd[randomInt(odd.length)] ?? ""));
    case 1:
      return frame(2, text(odd[randomInt(odd.length)] ?? ""));
    case 2:
      return frame(2, randomBytes(randomInt(1, 600)));
    case 3:
      return frame(1, text({ type: randomBytes(4).toString("hex"), value: randomBytes(20).toString("base64") }));
    default:
      return frame(9, randomBytes(randomInt(0, 125)));
  }
}

/** Wrong as a frame: the reader of frames ends the connection at the first. */
export function malformedFrame(): Buffer {
  switch (randomInt(9)) {
    case 0:
      return frame(3 + randomInt(5), randomBytes(8));
    case 1:
      return frame(1, randomBytes(8), { reserved: 1 + randomInt(7) });
    case 2:
      return frame(2, randomBytes(8), { masked: false });
    case 3:
      return frame(9, randomBytes(200));
    case 4:
      return frame(0, randomBytes(8));
    case 5:
      return Buffer.concat([frame(1, text("{"), { final: false }), frame(1, text("}"))]);
    case 6:
      // A length that no memory holds.
      return Buffer.from([0x82, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4]);
    case 7:
      return frame(1, Buffer.from([0xff, 0xfe, 0xc0, 0x80]));
    default:
      return frame(8, Buffer.from([0]));
  }
}
