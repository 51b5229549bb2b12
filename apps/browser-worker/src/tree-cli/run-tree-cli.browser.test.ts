import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runTreeCli } from "./run-tree-cli.ts";

const platforms = fileURLToPath(new URL("../../../../platforms", import.meta.url));
const demoBank = join(platforms, "demo-bank");
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tree-cli-"));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function tree(args: string[], signal = new AbortController().signal) {
  let [out, err] = ["", ""];
  const exitCode = await runTreeCli({
    args,
    chromiumPath: undefined,
    now: () => new Date(),
    signal,
    out: (text) => (out += text),
    err: (text) => (err += text),
  });
  return { exitCode, out, err };
}

/** The bundled platform with some of its text replaced, in a folder of its own. */
async function changed(name: string, ...changes: [from: string, to: string][]): Promise<string> {
  let text = await readFile(join(demoBank, "platform.yaml"), "utf8");
  for (const [from, to] of changes) {
    expect(text).toContain(from);
    text = text.replace(from, to);
  }
  await mkdir(join(folder, name), { recursive: true });
  await writeFile(join(folder, name, "platform.yaml"), text);
  return join(folder, name);
}

describe("tree lint", () => {
  it("is content with the bundled platforms", async () => {
    expect(await tree(["lint", platforms])).toMatchObject({ exitCode: 0, err: "" });
  });

  it("prints line and column of what is wrong, and fails for errors only", async () => {
    const wrong = await changed("wrong", ["type: password, ", ""]);
    const doubtful = await changed(
      "doubtful",
      ["name: locked", "name: x"],
      ['{ text: "account is locked" }', "{ css: .locked }"],
    );
    expect(await tree(["lint", doubtful])).toMatchObject({
      exitCode: 0,
      out: expect.stringMatching(
        /platform\.yaml:\d+:\d+: warning css-only: screens\.1\.when\.see: .*\n1 file, 0 errors, 1 warning\n$/,
      ),
    });
    const both = await tree(["lint", wrong, join(doubtful, "platform.yaml")]);
    expect(both.exitCode).toBe(1);
    expect(both.out).toMatch(/platform\.yaml:\d+:\d+: error password-type: .*write type: password\n/);
    expect(both.out).toMatch(/2 files, 1 error, 1 warning\n$/);
  });
});

describe("tree test", () => {
  it("runs every test of the bundled platform, and all pass", async () => {
    const { exitCode, out } = await tree(["test", demoBank]);
    expect(out).toMatch(/✓ password and code +\d+\.\d s +COMPLETED +login > otp > home/);
    expect(out).not.toContain("✗");
    expect(out).toMatch(/(\d+) of \1 passed\n(\d+) of \2 edges tested\n$/);
    expect(exitCode).toBe(0);
  });

  it("says what differs from what a test expects", async () => {
    const path = await changed(
      "failing",
      ["name: locked", "name: odd locked"],
      ["errorCode: ACCOUNT_LOCKED }", "errorCode: ACCOUNT_DISABLED, visited: [login] }"],
      [
        'name: password and code\n    as: { username: user_good, password: pass_good, code: "123456" }',
        "name: odd code\n    as: { username: user_good, password: pass_good }",
      ],
      ["name: an offer in between", "name: odd offer"],
      ["visited: [login, otp, offer, home] }", 'data: { lastFourDigits: "9999" } }'],
    );
    const { exitCode, out } = await tree(["test", path, "--only", "odd"]);
    expect(exitCode).toBe(1);
    expect(out).toContain("      the error code is ACCOUNT_LOCKED, not ACCOUNT_DISABLED\n");
    expect(out).toContain("      visited login, locked, not login\n");
    expect(out).toContain("      otp asks for code; add it to the test's as\n");
    expect(out).toContain('      lastFourDigits is "1234", not "9999"\n');
    expect(out).toMatch(/0 of 3 passed\n\d+ of \d+ edges tested; not: .*question, bad-answer shown, .*\n$/);
  });

  it("runs against a site named by --at, and never against the real one", async () => {
    const path = await changed(
      "elsewhere",
      ["loginUrl: https://bank.demo.test", "loginUrl: https://bank.example"],
      ["allow: [bank.demo.test,", "allow: [bank.example, bank.demo.test,"],
    );
    expect(await tree(["test", path])).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining("--at 127.0.0.1:PORT"),
    });
    // Nothing listens on port 1.
    const closed = await tree(["test", path, "--at", "127.0.0.1:1", "--only", "locked"]);
    expect(closed).toMatchObject({ exitCode: 1, out: expect.stringContaining("PLATFORM_UNAVAILABLE") });
  });

  it("rejects with the signal's reason when it is stopped", async () => {
    const stopping = new AbortController();
    const reason = new Error("stopped");
    const running = tree(["test", demoBank], stopping.signal);
    stopping.abort(reason);
    await expect(running).rejects.toBe(reason);
  });
});

it.each([
  [[], "Write:"],
  [["lint"], "Write:"],
  [["prune", platforms], "Write:"],
  [["lint", "/nowhere/at/all"], "is not there"],
  [["lint", platforms, "--loud"], "Unknown option"],
  [["test", platforms, "--at", "bank.example:443"], "--at"],
  [["test", platforms, "--only", "no such name"], "no such test"],
])("says what to write instead of %j", async (args, message) => {
  const { exitCode, err } = await tree(args);
  expect(err).toContain(message);
  expect(exitCode).toBe(2);
});

it("does not test a file that is not valid, nor look into a folder without one", async () => {
  await cp(demoBank, join(folder, "invalid"), { recursive: true });
  await writeFile(join(folder, "invalid", "platform.yaml"), "format: platform/2\n");
  expect((await tree(["test", join(folder, "invalid")])).err).toContain("mend it first");
  await mkdir(join(folder, "empty"));
  expect((await tree(["lint", join(folder, "empty")])).err).toContain("holds no platform.yaml");
});
