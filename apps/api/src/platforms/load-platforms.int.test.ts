import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createAssign } from "../dispatch/assign-session.ts";
import { silentLog, type Log } from "../http/log.ts";
import { openDatabase, type OpenDatabase } from "../storage/open-database.ts";
import { databaseTemplate } from "../storage/database-template.ts";
import type { SessionRow } from "../storage/schema.ts";
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
  expect(errors[1]).toMatch(/three\/platform\.yaml: icon: icon\.svg cannot be read \(ENOENT\); put it beside/);

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

it("lists a platform whose file was never valid, as far as it can be read, and heals it", async () => {
  const bad = (text: string) => text.replace("then: collect", "then: collects");
  write("a/one", bad(samplePlatform("one")));
  write("a/two", samplePlatform("two").replace("displayName: ", "displayNam: "));
  write("a/three", "format: [");
  mkdirSync(join(home, "b"));
  await load();
  expect(await store.list()).toMatchObject([
    { name: "one", isActive: false, icon: null, definition: { version: "1.0.0" }, updatedAt: null },
  ]);
  expect(errors.join()).toMatch(/one\/platform\.yaml:\d+:\d+ .*then knows only collect/);
  const [one] = await store.list();

  write("a/one", bad(samplePlatform("one").replace("1.0.0", "1.0.1")));
  await load();
  expect(await store.list()).toMatchObject([{ id: one!.id, isActive: false, definition: { version: "1.0.1" } }]);
  write("a/one", samplePlatform("one"));
  await load();
  expect(await store.list()).toMatchObject([{ id: one!.id, isActive: true, definition: { version: "1.0.0" } }]);
  write("a/one", bad(samplePlatform("one").replace("1.0.0", "1.0.2")));
  await load();
  // What was valid last stays on the list.
  expect(await store.list()).toMatchObject([{ id: one!.id, isActive: false, definition: { version: "1.0.0" } }]);
  const { updatedAt } = (await store.list())[0]!;
  await load();
  expect((await store.list())[0]!.updatedAt).toEqual(updatedAt);
});

it("takes the valid one of two files of one name", async () => {
  write("a/one", samplePlatform("one").replace("then: collect", "then: collects"));
  write("b/other", samplePlatform("one").replace("1.0.0", "2.0.0"));
  await load();
  expect(await store.list()).toMatchObject([{ name: "one", isActive: true, definition: { version: "2.0.0" } }]);
  expect(errors).toHaveLength(2);
});

it("lists what an earlier release found valid and this one does not, out of service", async () => {
  write("a/one", samplePlatform("one"));
  write("b/two", samplePlatform("two"));
  await load();
  const [one] = await store.list();
  await database.db
    .updateTable("platform_versions")
    .set({ definition: JSON.stringify({ ...one!.definition, screens: [] }) })
    .where("hash", "=", one!.hash)
    .execute();
  const later = createPlatformStore(database.db);
  expect((await later.list()).map(({ name, isActive }) => [name, isActive])).toEqual([
    ["one", false],
    ["two", true],
  ]);
  expect((await later.current(one!.id))?.isActive).toBe(false);
  expect((await later.pinned({ platform_id: one!.id, platform_hash: one!.hash })).hash).toBe(one!.hash);
});

it("gives a session the file that it was created with, whatever the file is when it starts", async () => {
  write("a/one", samplePlatform("one"));
  mkdirSync(join(home, "b"));
  await load();
  const [created] = await store.list();
  write("a/one", samplePlatform("one").replace("1.0.0", "1.1.0"));
  await load();
  write("a/one", "format: [");
  await load();
  const sent: object[] = [];
  const assign = createAssign({
    platforms: store,
    workers: () => ({ send: (_worker, message) => (sent.push(message), true) }),
    log: silentLog,
  });
  const session = { id: "s", worker_id: "w", epoch: 1, platform_id: created!.id, platform_hash: created!.hash };
  await assign({ ...session, locale: null } as SessionRow);
  expect(sent).toMatchObject([{ platform: { version: "1.0.0" }, platformHash: created!.hash }]);
});

it("goes on without a folder that cannot be read", async () => {
  write("a/one", samplePlatform("one"));
  await load();
  expect(await store.list()).toHaveLength(1);
  expect(errors).toEqual([expect.stringContaining(join(home, "b"))]);
});
