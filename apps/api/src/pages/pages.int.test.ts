import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import express from "express";
import helmet from "helmet";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { apiErrors, errorCodeNames } from "@attestream/shared";
import { createPlatformStore } from "../platforms/platform-store.ts";
import { openDatabase, type OpenDatabase } from "../storage/open-database.ts";
import { databaseTemplate } from "../storage/database-template.ts";
import { createPages } from "./pages.routes.ts";

const now = new Date("2026-01-01T00:00:00Z");
let folder: string;
let database: OpenDatabase;
let server: Server;
let origin: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "attestream-pages-"));
  database = await openDatabase({ dataDir: join(folder, "data"), template: databaseTemplate });
  const { db } = database;
  const app = express();
  app.use(helmet());
  app.use(
    createPages({
      db,
      engine: "pglite",
      platforms: createPlatformStore(db),
      attestors: { present: () => [{ url: "https://attestor.example.com", kids: [], isReachable: true }] },
      frameDir: folder,
      publicUrl: () => "http://localhost:4000",
      demoUrl: 'http://127.0.0.1:4001/?a="<b>',
      clock: () => now,
    }),
  );
  server = createServer(app).listen(0, "127.0.0.1");
  await once(server, "listening");
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

const addWorker = (id: string, seenAt: Date) =>
  database.db
    .insertInto("workers")
    .values({
      id,
      address: "127.0.0.1:1",
      capacity: 4,
      isolation_level: "L1",
      browser: "Chromium 156",
      warm: 2,
      state: "up",
      seen_at: seenAt,
    })
    .execute();

describe("the landing page", () => {
  it("says what is missing, and that it is there once it is", async () => {
    await addWorker("silent", new Date(now.getTime() - 60_000));
    const before = await (await fetch(origin)).text();
    expect(before).toContain("none is connected");
    expect(before).toContain("none is in service");
    expect(before).toContain("not built");
    await database.db
      .insertInto("platforms")
      .values({
        name: "bent",
        active_hash: null,
        is_active: false,
        problem: "bent/platform.yaml:3:1 a <b>\nmore",
        updated_at: null,
      })
      .execute();
    await addWorker("up", now);
    await writeFile(join(folder, "index.html"), "<!doctype html>");
    const after = await (await fetch(origin)).text();
    expect(after).toContain("1 worker with room for 4 sessions, 2 browsers warm, isolation L1, Chromium 156");
    expect(after).not.toContain("not built");
    expect(after).toContain("https://attestor.example.com");
    expect(after).toContain("Platform bent");
    expect(after).toContain("out of service: bent/platform.yaml:3:1 a &#60;b&#62;<");
  });

  it("links the demo, escaped, and shows a curl line for this server", async () => {
    const text = await (await fetch(origin)).text();
    expect(text).toContain('href="http://127.0.0.1:4001/?a=&#34;&#60;b&#62;"');
    expect(text).toContain("curl http://localhost:4000/partner/browser-platforms");
  });

  it("loads nothing and runs nothing", async () => {
    const response = await fetch(origin);
    expect(response.headers.get("content-security-policy")).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/,
    );
    const text = await response.text();
    const [, style = ""] = /<style>([^]*)<\/style>/.exec(text) ?? [];
    const hash = createHash("sha256").update(style).digest("base64");
    expect(response.headers.get("content-security-policy")).toContain(`'sha256-${hash}'`);
    expect(text).not.toMatch(/<script|\sstyle=|\son[a-z]+=|src=/);
  });
});

it("every error code has its anchor on the page that docUrl leads to", async () => {
  const text = await (await fetch(`${origin}/docs/errors`)).text();
  for (const code of [...Object.keys(apiErrors), ...errorCodeNames]) expect(text).toContain(`id="${code}"`);
});
