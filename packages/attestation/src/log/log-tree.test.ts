import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { growLog, memoryStore } from "../test-support/memory-log.ts";
import { appendEntry, emptyHead, headAt, proveConsistency, proveInclusion, rootOf } from "./log-tree.ts";
import { verifyConsistency, verifyInclusion } from "./verify-path.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const bytes = (text: string) => new Uint8Array(Buffer.from(text, "hex"));

/** The tree that the implementations of Certificate Transparency test with. */
const leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
const roots = [
  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];
const inclusions = [
  {
    index: 0,
    size: 8,
    path: [
      "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
  },
  {
    index: 5,
    size: 8,
    path: [
      "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
      "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
  },
  { index: 2, size: 3, path: ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"] },
  {
    index: 1,
    size: 5,
    path: [
      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
  },
];
const consistencies = [
  { first: 1, second: 1, path: [] },
  {
    first: 1,
    second: 8,
    path: [
      "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
  },
  {
    first: 6,
    second: 8,
    path: [
      "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
      "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
  },
  {
    first: 2,
    second: 5,
    path: [
      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
  },
];

describe("the known tree", () => {
  test("has the known roots, however far it has grown", () => {
    let head = emptyHead;
    const found = [hex(rootOf(head))];
    for (const leaf of leaves) {
      head = appendEntry(head, bytes(leaf)).head;
      found.push(hex(rootOf(head)));
    }
    expect(found).toEqual(roots);
  });

  test.each(inclusions)("proves that entry $index is among $size", async ({ index, size, path }) => {
    const { store } = growLog(leaves.map(bytes));
    expect((await proveInclusion(store, index, size)).map(hex)).toEqual(path);
    const claim = {
      entry: bytes(leaves[index] ?? ""),
      index,
      size,
      path: path.map(bytes),
      root: bytes(roots[size] ?? ""),
    };
    expect(verifyInclusion(claim)).toBe(true);
    expect(verifyInclusion({ ...claim, entry: bytes("ff") })).toBe(false);
    expect(verifyInclusion({ ...claim, path: claim.path.slice(1) })).toBe(false);
    expect(verifyInclusion({ ...claim, path: [...claim.path, bytes(roots[0] ?? "")] })).toBe(false);
  });

  test.each(consistencies)("of $first leaves is the beginning of that of $second", async ({ first, second, path }) => {
    const { store } = growLog(leaves.map(bytes));
    expect((await proveConsistency(store, first, second)).map(hex)).toEqual(path);
    const claim = {
      first,
      second,
      path: path.map(bytes),
      firstRoot: bytes(roots[first] ?? ""),
      secondRoot: bytes(roots[second] ?? ""),
    };
    expect(verifyConsistency(claim)).toBe(true);
    expect(verifyConsistency({ ...claim, firstRoot: bytes(roots[7] ?? "") })).toBe(false);
    expect(verifyConsistency({ ...claim, secondRoot: bytes(roots[7] ?? "") })).toBe(false);
    expect(verifyConsistency({ ...claim, path: [...claim.path, bytes(roots[3] ?? "")] })).toBe(false);
  });
});

describe("any tree", () => {
  const entries = Array.from({ length: 300 }, (_, index) => new TextEncoder().encode(`entry ${index}`));
  const { store, heads } = growLog(entries);
  const rootAt = (size: number) => rootOf(heads[size] ?? emptyHead);

  test("proves each entry at each size, and no other entry, place or root", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(299), fc.nat(299), fc.nat(299), async (a, b, other) => {
        const [index, size] = [Math.min(a, b), Math.max(a, b) + 1];
        const path = await proveInclusion(store, index, size);
        const claim = { entry: entries[index] ?? new Uint8Array(), index, size, path, root: rootAt(size) };
        expect(verifyInclusion(claim)).toBe(true);
        if (other !== index) {
          expect(verifyInclusion({ ...claim, entry: entries[other] ?? new Uint8Array() })).toBe(false);
          expect(verifyInclusion({ ...claim, index: other })).toBe(false);
        }
        if (other !== size) expect(verifyInclusion({ ...claim, root: rootAt(other) })).toBe(false);
      }),
    );
  });

  test("proves that it begins with each earlier one, and with no other", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(300), fc.nat(300), fc.nat(300), async (a, b, other) => {
        const [first, second] = [Math.min(a, b), Math.max(a, b)];
        const path = await proveConsistency(store, first, second);
        const claim = { first, second, path, firstRoot: rootAt(first), secondRoot: rootAt(second) };
        expect(verifyConsistency(claim)).toBe(true);
        if (other !== first) expect(verifyConsistency({ ...claim, firstRoot: rootAt(other) })).toBe(false);
        // With nothing every log begins; nothing itself has one root only.
        const beginsAny = first === 0 && second > 0;
        if (other !== second) expect(verifyConsistency({ ...claim, secondRoot: rootAt(other) })).toBe(beginsAny);
      }),
    );
  });

  test("can be taken up again from its subtrees", async () => {
    for (const size of [0, 1, 2, 3, 7, 8, 255, 256, 300])
      expect(rootOf(await headAt(store, size))).toEqual(rootAt(size));
  });

  test("proves nothing that is not there", async () => {
    expect(() => proveInclusion(store, 5, 5)).toThrow(RangeError);
    await expect(proveConsistency(store, 6, 5)).rejects.toThrow(RangeError);
    await expect(proveInclusion(memoryStore([]), 0, 2)).rejects.toThrow("missing");
    const claim = { entry: entries[0] ?? new Uint8Array(), path: [], root: rootAt(1) };
    for (const [index, size] of [
      [-1, 1],
      [0, 0],
      [1, 1],
      [0.5, 1],
      [0, Number.NaN],
    ] as const)
      expect(verifyInclusion({ ...claim, index, size })).toBe(false);
    expect(verifyConsistency({ first: 2, second: 1, path: [], firstRoot: rootAt(2), secondRoot: rootAt(1) })).toBe(
      false,
    );
  });
});
