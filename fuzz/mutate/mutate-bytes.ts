import type { Random } from "./random.ts";

type Mutation = (bytes: Buffer, random: Random, other: Uint8Array) => Buffer;

const telling = [0, 1, 0x7f, 0x80, 0xff, 0x0a, 0x0d, 0x20, 0x16, 0x17];

const mutations: readonly Mutation[] = [
  function flipBit(bytes, random) {
    const at = random.below(bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
    return bytes;
  },
  function setByte(bytes, random) {
    bytes[random.below(bytes.length)] = random.pick(telling);
    return bytes;
  },
  function countOn(bytes, random) {
    const at = random.below(bytes.length);
    bytes[at] = ((bytes[at] ?? 0) + random.pick([1, 255, 16])) & 255;
    return bytes;
  },
  function insert(bytes, random) {
    const at = random.below(bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, at), random.bytes(1 + random.below(8)), bytes.subarray(at)]);
  },
  function leaveOut(bytes, random) {
    const at = random.below(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random.below(32))]);
  },
  function repeat(bytes, random) {
    const at = random.below(bytes.length);
    const piece = bytes.subarray(at, at + 1 + random.below(64));
    return Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)]);
  },
  function cutOff(bytes, random) {
    return bytes.subarray(0, random.below(bytes.length));
  },
  function takeFromOther(bytes, random, other) {
    const at = random.below(bytes.length);
    const from = random.below(other.length);
    const piece = other.subarray(from, from + 1 + random.below(64));
    return Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at + piece.length)]);
  },
];

/** The bytes with one to three changes; `other` is what pieces are taken from. */
export function mutateBytes(bytes: Uint8Array, random: Random, other: Uint8Array): Uint8Array {
  let mutated: Buffer = Buffer.from(bytes);
  for (let left = 1 + random.below(3); left > 0 && mutated.length > 0; left -= 1)
    mutated = random.pick(mutations)(mutated, random, other);
  return mutated;
}
