import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { refusalOf } from "../../test-support/refusal-of.ts";
import { HpackDecoder } from "./hpack.ts";
import { decodeHuffman, huffmanCodes } from "./huffman.ts";

const bytes = (hex: string) => Buffer.from(hex.replaceAll(/\s/g, ""), "hex");
/** The examples of RFC 7541 have a table of 256 bytes. */
const smallTable = "3fe101";

const first = [
  [":status", "302"],
  ["cache-control", "private"],
  ["date", "Mon, 21 Oct 2013 20:13:21 GMT"],
  ["location", "https://www.example.com"],
];
const expected = [
  first,
  [[":status", "307"], ...first.slice(1)],
  [
    [":status", "200"],
    ["cache-control", "private"],
    ["date", "Mon, 21 Oct 2013 20:13:22 GMT"],
    ["location", "https://www.example.com"],
    ["content-encoding", "gzip"],
    ["set-cookie", "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1"],
  ],
];

describe("RFC 7541", () => {
  it("C.5: three answers that fill, use and empty the table", () => {
    const decoder = new HpackDecoder();
    const decoded = [
      `${smallTable} 4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32
       3120 474d 546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70 6c65 2e63 6f6d`,
      "4803 3330 37c1 c0bf",
      `88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d 54c0 5a04 677a 6970 7738 666f
       6f3d 4153 444a 4b48 514b 425a 584f 5157 454f 5049 5541 5851 5745 4f49 553b 206d 6178 2d61 6765 3d33 3630 303b
       2076 6572 7369 6f6e 3d31`,
    ].map((block) => decoder.decode(bytes(block)));
    expect(decoded).toEqual(expected);
  });

  it("C.6: the same with Huffman codes", () => {
    const decoder = new HpackDecoder();
    const decoded = [
      `${smallTable} 4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad
       1718 63c7 8f0b 97c8 e9ae 82ae 43d3`,
      "4883 640e ffc1 c0bf",
      `88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2 e6c7 b335
       dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07`,
    ].map((block) => decoder.decode(bytes(block)));
    expect(decoded).toEqual(expected);
  });

  it("C.1 and C.2: integers, literals that are kept and that are not", () => {
    const decoder = new HpackDecoder();
    expect(decoder.decode(bytes("400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572"))).toEqual([
      ["custom-key", "custom-header"],
    ]);
    expect(
      decoder.decode(bytes("be 040c 2f73 616d 706c 652f 7061 7468 1008 7061 7373 776f 7264 0673 6563 7265 74")),
    ).toEqual([
      ["custom-key", "custom-header"],
      [":path", "/sample/path"],
      ["password", "secret"],
    ]);
  });

  it("B: every byte has a code, and codes read back", () => {
    const codes = new Map(
      huffmanCodes().flatMap(({ first: base, symbols }, length) =>
        symbols.map((symbol, index) => [symbol, (base + index).toString(2).padStart(length, "0")] as const),
      ),
    );
    expect(codes.size).toBe(257);
    expect(codes.get(256)).toBe("1".repeat(30));
    expect(codes.get(48)).toBe("00000");
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (text) => {
        const bits = [...text].map((byte) => codes.get(byte)).join("");
        const padded = bits.padEnd(Math.ceil(bits.length / 8) * 8, "1");
        const encoded = Uint8Array.from(padded.match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2));
        expect(decodeHuffman(encoded)).toEqual(text);
      }),
    );
  });
});

describe("refused", () => {
  it.each([
    ["80", "an index of zero"],
    ["be", "an index beyond the table"],
    ["ff ffffffff ff", "an integer without an end"],
    ["3fe2ff07", "a table larger than any browser allows for"],
    ["88 3fe101", "a change of the table's size after a field"],
    ["00 03 6162", "a string that is cut off"],
    ["00 81 ff", "a Huffman code of nothing but padding, of eight bits"],
    ["00 84 ffffffff", "the end of a string inside it"],
    ["00 81 18", "padding that is not ones"],
  ])("%s: %s", (block) => {
    expect(refusalOf(() => new HpackDecoder().decode(bytes(block)))).toBe("http_invalid");
  });

  it("one byte that stands for much, often", () => {
    const decoder = new HpackDecoder();
    const value = "a".repeat(3000);
    decoder.decode(Buffer.concat([bytes("40 01 61 7f b9 16"), Buffer.from(value)]));
    const block = Buffer.alloc(80, 0xbe);
    expect(refusalOf(() => decoder.decode(Buffer.alloc(200, 0xbe)))).toBe("http_too_large");
    const blocks = () => {
      for (let index = 0; index < 40; index += 1) decoder.decode(block);
    };
    expect(refusalOf(blocks)).toBe("http_too_large");
  });
});
