import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { open, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ServerSecrets } from "@attestream/attestation/tls-evidence";
import { afterAll, beforeAll, expect, it } from "vitest";
import { KeyLog } from "./key-log.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "attestream-keys-"));
  execFileSync("mkfifo", [join(folder, "keys")]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const linesOf = (random: Buffer, [handshake, application]: [Buffer, Buffer]) =>
  [
    `CLIENT_HANDSHAKE_TRAFFIC_SECRET ${random.toString("hex")} ${randomBytes(32).toString("hex")}`,
    `SERVER_HANDSHAKE_TRAFFIC_SECRET ${random.toString("hex")} ${handshake.toString("hex")}`,
    `CLIENT_TRAFFIC_SECRET_0 ${random.toString("hex")} ${randomBytes(32).toString("hex")}`,
    `SERVER_TRAFFIC_SECRET_0 ${random.toString("hex")} ${application.toString("hex")}`,
    `EXPORTER_SECRET ${random.toString("hex")} ${randomBytes(32).toString("hex")}`,
  ]
    .map((line) => `${line}\n`)
    .join("");

it("gives the server's secrets of wanted connections, from whatever pieces and whoever writes", async () => {
  const path = join(folder, "keys");
  const log = new KeyLog(path);
  const [wanted, later, other] = [randomBytes(32), randomBytes(32), randomBytes(32)];
  const pair = (): [Buffer, Buffer] => [randomBytes(32), randomBytes(48)];
  const [first, second] = [pair(), pair()];
  const found: ServerSecrets[] = [];
  const all = Promise.withResolvers<void>();
  const take = (secrets: ServerSecrets) => {
    found.push(secrets);
    if (found.length === 2) all.resolve();
  };
  log.want(wanted, take);
  log.want(later, take);

  const writer = await open(path, "a");
  await writer.write(linesOf(other, pair()));
  await writer.write(`${"x".repeat(5_000)}\n`);
  const text = linesOf(wanted, first);
  for (let at = 0; at < text.length; at += 37) await writer.write(text.slice(at, at + 37));
  await writer.close();
  // A browser that ends takes nothing with it.
  const another = await open(path, "a");
  await another.write(linesOf(later, second).toUpperCase());
  await another.close();
  await all.promise;

  expect(found.map(({ handshake, application }) => [Buffer.from(handshake), Buffer.from(application)])).toEqual([
    first,
    second,
  ]);
  log.close();
});
