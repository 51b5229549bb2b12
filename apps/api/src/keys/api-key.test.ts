import { randomInt } from "node:crypto";
import { describe, expect, it } from "vitest";
import { hashApiKey, isPlausibleApiKey, newApiKey, prefixOf } from "./api-key.ts";

describe("an API key", () => {
  it("has the documented form", () => {
    expect(newApiKey("live")).toMatch(/^as_live_[0-9A-Za-z]{8}_[0-9A-Za-z]{49}$/);
    expect(newApiKey("test")).toMatch(/^as_test_/);
    expect(newApiKey("test")).not.toBe(newApiKey("test"));
  });

  it("tells every typo of one character by its checksum", () => {
    const key = newApiKey("test", (below) => randomInt(below));
    expect(isPlausibleApiKey(key)).toBe(true);
    for (let index = "as_test_".length; index < key.length; index++) {
      const typo = `${key.slice(0, index)}${key[index] === "a" ? "b" : "a"}${key.slice(index + 1)}`;
      expect(isPlausibleApiKey(typo), `typo at ${index}`).toBe(false);
    }
    expect(isPlausibleApiKey(key.slice(0, -1))).toBe(false);
  });

  it("is not judged when it was given by the operator", () => {
    expect(isPlausibleApiKey("my-own-key-of-20-chars")).toBe(true);
    expect(isPlausibleApiKey("short")).toBe(false);
    expect(isPlausibleApiKey("x".repeat(201))).toBe(false);
  });

  it("is stored as a hash under the pepper, and shown by its first characters", () => {
    const key = newApiKey("test");
    const one = hashApiKey(new Uint8Array([1]), key);
    expect(one).toHaveLength(32);
    expect(hashApiKey(new Uint8Array([2]), key)).not.toEqual(one);
    expect(key.startsWith(prefixOf(key))).toBe(true);
    expect(prefixOf(key)).toHaveLength(16);
    expect(prefixOf("my-own-key-of-20-chars")).toBe("my-o…");
  });
});
