import { describe, expect, it } from "vitest";
import { createSealer, deriveKey } from "./encryption.ts";

const key = new TextEncoder().encode("a master key that is long enough");

describe("a sealed value", () => {
  it("opens under the same key and for the same place only", () => {
    const sealer = createSealer(key);
    const sealed = sealer.seal("secret", "table.column:1");
    expect(sealer.openText(sealed, "table.column:1")).toBe("secret");
    expect(() => sealer.open(sealed, "table.column:2")).toThrow();
    expect(() => createSealer(new TextEncoder().encode("another key")).open(sealed, "table.column:1")).toThrow();
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
