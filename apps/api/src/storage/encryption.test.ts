import { describe, expect, it } from "vitest";
import { createSealer, deriveKey } from "./encryption.ts";

const key = new TextEncoder().encode("a master key that is long enough");
/** "secret" for table.column:1, as version 1 sealed it. */
const firstReleaseValue = "AcHS3nwjP2MkiCx12iYeD+/8Ni0F5HYnW1/Uy+ZaWsy0uh8=";

describe("a sealed value", () => {
  it("opens under the same key and for the same place only", () => {
    const sealer = createSealer(key);
    const sealed = sealer.seal("secret", "table.column:1");
    expect(sealer.openText(sealed, "table.column:1")).toBe("secret");
    expect(() => sealer.open(sealed, "table.column:2")).toThrow();
    expect(() => createSealer(new TextEncoder().encode("another key")).open(sealed, "table.column:1")).toThrow();
  });

  it("names its key: old ones open what they sealed, and a key that is gone is told by its id", () => {
    const old = createSealer(key, { current: "old" });
    const present = createSealer(key, { current: "new", old: ["old"] });
    expect(present.openText(old.seal("secret", "x"), "x")).toBe("secret");
    expect(Buffer.from(present.seal("a", "x")).subarray(0, 9)).toEqual(Buffer.from(present.prefix));
    expect(() => createSealer(key, { current: "new" }).open(old.seal("secret", "x"), "x")).toThrow(old.keyId);
    // The master key's own opens without being named.
    expect(present.openText(createSealer(key).seal("secret", "x"), "x")).toBe("secret");
  });

  it("of the first release opens still", () => {
    const sealed = Buffer.from(firstReleaseValue, "base64");
    expect(createSealer(key, { current: "new" }).openText(sealed, "table.column:1")).toBe("secret");
    expect(() => createSealer(key).open(sealed, "table.column:2")).toThrow();
  });

  it("is refused when any byte of it was changed", () => {
    const sealer = createSealer(key);
    const sealed = sealer.seal(new Uint8Array([1, 2, 3]), "x");
    for (let index = 0; index < sealed.length; index++) {
      const altered = Uint8Array.from(sealed);
      altered[index]! ^= 1;
      expect(() => sealer.open(altered, "x")).toThrow();
    }
    expect(() => sealer.open(new Uint8Array(3), "x")).toThrow("unknown form");
  });

  it("is different every time, and does not show its content", () => {
    const sealer = createSealer(key);
    const [one, two] = [sealer.seal("secret", "x"), sealer.seal("secret", "x")];
    expect(one).not.toEqual(two);
    expect(Buffer.from(one).includes("secret")).toBe(false);
  });
});

it("derives a key of its own for every purpose", () => {
  expect(deriveKey(key, "one")).toEqual(deriveKey(key, "one"));
  expect(deriveKey(key, "one")).not.toEqual(deriveKey(key, "two"));
});
