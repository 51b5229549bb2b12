import { randomBytes } from "node:crypto";

/** 128 random bits, as RFC 9901 recommends. (The generator that comes with the library gives 64: too few for values that can be guessed.) */
export function randomSalt(): string {
  return randomBytes(16).toString("base64url");
}
