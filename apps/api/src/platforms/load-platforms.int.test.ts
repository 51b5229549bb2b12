import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { silentLog, type Log } from "../http/log.ts";
import { openDatabase, type OpenDatabase } from "../storage/open-database.ts";
import { databaseTemplate } from "../storage/database-template.ts";
import { samplePlatform } from "../test-support/start-test-api.ts";
import { loadPlatforms } from "./load-platforms.ts";
import { createPlatformStore, type PlatformStore } from "./platform-store.ts";

let home: string;
let database: OpenDatabase;
let store: PlatformStore;
let errors: string[];
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "attestream-platforms-"));
  database = await openDatabase({ dataDir: join(home, "data"), template: databaseTemplate });
  store = createPlatformStore(database.db);
  errors = [];
});
afterEach(async () => {
  await database.close();
  rmSync(home, { recursive: true, force: true });
});

function write(folder: string, text: string, icon?: string): void {
  mkdirSync(join(home, folder), { recursive: true });
  writeFileSync(join(home, folder, "platform.yaml"), text);
  if (icon !== undefined) writeFileSync(join(home, folder, "icon.svg"), icon);
}

const log: Log = Object.assign(Object.create(silentLog), {
  error: (fields: object) => void errors.push(JSON.stringify(fields)),
});
const load = () =>
  loadPlatforms({ db: database.db, folders: [join(home, "a"), join(home, "b")], now: () => new Date(), log });

it("loads the folders, keeps ids, and pins versions", async () => {
  write("a/one", samplePlatform("one", "icon: icon.svg"), "<svg/>");
  write("b/two", samplePlatform("two"));
  await load();
  const [one, two] = await store.list();
  expect(one).toMatchObject({
    name: "one",
    isActive: true,
    icon: `data:image/svg+xml;base64,${btoa("<svg/>")}`,
    updatedAt: null,
  });
  expect(two).toMatchObject({ name: "two", icon: null });

  write("a/one", samplePlatform("one").replace("1.0.0", "1.1.0"));
  await load();
  const changed = await store.current(one!.id);
  expect(changed).toMatchObject({ id: one!.id, definition: { version: "1.1.0" }, updatedAt: expect.any(Date) });
  expect((await store.pinned({ platform_id: one!.id, platform_hash: one!.hash })).definition.version).toBe("1.0.0");
  expect(errors).toEqual([]);
});

it("takes a platform whose file is bad, missing, or without its icon out of service, says where, and nothing else", async () => {
  for (const name of ["one", "two", "three", "four"]) write(`a/${name}`, samplePlatform(name));
  mkdirSync(join(home, "b"));
  await load();
  write("a/one", samplePlatform("one").replace("displayName: ", "displayNam: "));
  rmSync(join(home, "a/two"), { recursive: true });
  write("a/three", samplePlatform("three", "icon: icon.svg"));
  await load();
  expect((await store.list()).map(({ name, isActive }) => [name, isActive])).toEqual([
    ["four", true],
    ["one", false],
    ["three", false],
    ["two", false],
  ]);
  expect(errors).toHaveLength(2);
  expect(errors[0]).toMatch(/platform\.yaml:3:1/);
  expect(errors[1]).toContain("icon.svg");

  write("a/one", samplePlatform("one"));
  await load();
  expect((await store.list()).find(({ name }) => name === "one")?.isActive).toBe(true);
});

it("keeps the first of two platforms of one name, and says so", async () => {
  write("a/one", samplePlatform("one"));
  write("b/other", samplePlatform("one").replace("1.0.0", "2.0.0"));
  await load();
  expect(await store.list()).toMatchObject([{ name: "one", definition: { version: "1.0.0" } }]);
  expect(errors).toHaveLength(1);
});

it("goes on without a folder that cannot be read", async () => {
  write("a/one", samplePlatform("one"));
  await load();
  expect(await store.list()).toHaveLength(1);
  expect(errors).toEqual([expect.stringContaining(join(home, "b"))]);
});
