import type { Random } from "./random.ts";

/** The records of a whole TLS stream. */
export function splitRecords(bytes: Uint8Array): Uint8Array[] {
  const records: Uint8Array[] = [];
  for (let offset = 0; offset < bytes.length;) {
    const length = 5 + (bytes[offset + 3] ?? 0) * 256 + (bytes[offset + 4] ?? 0);
    records.push(bytes.subarray(offset, offset + length));
    offset += length;
  }
  return records;
}

type Mutation = (records: Uint8Array[], random: Random, others: readonly Uint8Array[]) => Uint8Array[];

const mutations: readonly Mutation[] = [
  function leaveOut(records, random) {
    return records.toSpliced(random.below(records.length), 1);
  },
  function repeat(records, random) {
    return records.toSpliced(random.below(records.length), 0, random.pick(records));
  },
  function change(records, random) {
    const [one, other] = [random.below(records.length), random.below(records.length)];
    return records.map(
      (record, index) => (index === one ? records[other] : index === other ? records[one] : record) ?? record,
    );
  },
  function takeFromOther(records, random, others) {
    return records.toSpliced(random.below(records.length), random.below(2), random.pick(others));
  },
  function cutInTwo(records, random) {
    const at = random.below(records.length);
    const record = records[at];
    if (record === undefined || record.length < 8) return records;
    const first = 1 + random.below(record.length - 7);
    const pieces = [record.subarray(5, 5 + first), record.subarray(5 + first)].map((piece) =>
      Buffer.concat([record.subarray(0, 3), Uint8Array.of(piece.length >> 8, piece.length & 255), piece]),
    );
    return records.toSpliced(at, 1, ...pieces);
  },
];

/** The stream with one of its records left out, moved, repeated, cut or put in from another connection. */
export function mutateRecords(
  records: readonly Uint8Array[],
  random: Random,
  others: readonly Uint8Array[],
): Uint8Array {
  return Buffer.concat(random.pick(mutations)([...records], random, others));
}
