import { createHmac, randomInt } from "node:crypto";
import { crc32 } from "node:zlib";

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const idLength = 8;
/** 62^43 > 2^256 */
const secretLength = 43;
/** 62^6 > 2^32 */
const checksumLength = 6;
const form = new RegExp(`^as_(live|test)_[0-9A-Za-z]{${idLength}}_[0-9A-Za-z]{${secretLength + checksumLength}}$`);

/** `as_live_<id>_<secret><checksum>`: the prefix says what it is where it leaks, the checksum tells a typo without a look-up. */
export function newApiKey(mode: "live" | "test", randomIndex: (below: number) => number = randomInt): string {
  const pick = (length: number) => Array.from({ length }, () => alphabet[randomIndex(alphabet.length)]).join("");
  const body = `as_${mode}_${pick(idLength)}_${pick(secretLength)}`;
  return body + checksumOf(body);
}

/** False for what looks like one of our keys and has a typo. Keys of another form (taken as given) are not judged. */
export function isPlausibleApiKey(key: string): boolean {
  if (key.length < 20 || key.length > 200) return false;
  if (!/^as_(live|test)_/.test(key)) return true;
  return form.test(key) && key.endsWith(checksumOf(key.slice(0, -checksumLength)));
}

export function hashApiKey(pepper: Uint8Array, key: string): Uint8Array {
  return new Uint8Array(createHmac("sha256", pepper).update(key).digest());
}

/** What lists may show of a key. */
export function prefixOf(key: string): string {
  return form.test(key) ? key.slice(0, "as_live_".length + idLength) : `${key.slice(0, 4)}…`;
}

function checksumOf(body: string): string {
  let rest = crc32(body);
  let text = "";
  for (let index = 0; index < checksumLength; index++) {
    text = alphabet[rest % alphabet.length] + text;
    rest = Math.floor(rest / alphabet.length);
  }
  return text;
}
