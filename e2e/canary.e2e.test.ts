import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { findChromium } from "@attestream/browser-worker/find-chromium";
import { EndUser } from "@attestream/standalone/end-user";
import { launchViewerBrowser } from "@attestream/standalone/viewer-browser";
import { textsInMemory } from "@attestream/testkit";
import { descendants, isAlive } from "./support/processes.ts";
import { patience } from "./support/start-test-system.ts";

const program = join(import.meta.dirname, "../apps/standalone/src/main.ts");

it("what a user types is in no log line, in no file and not in the API's memory, and the system stops without a trace of its processes", async () => {
  await using undo = new AsyncDisposableStack();
  const home = await mkdtemp(join(tmpdir(), "attestream-canary-"));
  undo.defer(() => rm(home, { recursive: true, force: true }));
  const folder = join(home, "data");
  const canaries = {
    username: `canary${randomBytes(6).toString("hex")}`,
    password: `canary${randomBytes(6).toString("hex")}`,
    mirrored: `canary${randomBytes(6).toString("hex")}`,
    account: "1234512",
  };

  // The same program as `npm start`, talkative.
  const child = spawn(process.execPath, ["--conditions=@attestream/source", program], {
    env: { ...process.env, PORT: "0", DATA_DIR: folder, LOG_LEVEL: "trace" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  undo.defer(() => void child.kill("SIGKILL"));
  let output = "";
  const ready = Promise.withResolvers<void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      if (output.includes("Create a session:")) ready.resolve();
    });
  }
  child.once("exit", (code) => ready.reject(new Error(`ended with ${code}:\n${output.slice(-2000)}`)));
  await ready.promise;
  const partnerUrl = /Demo +(http:\S+)/.exec(output)?.[1] ?? "";

  const browser = await launchViewerBrowser((await findChromium(undefined)).path);
  undo.defer(() => browser.close());
  const user = await EndUser.open({ browser, viewport: { width: 1100, height: 860 } });
  await user.startVerification(partnerUrl);
  await user.agree();
  // Put in as a whole, as from a clipboard or a password manager: typed, each message holds one letter.
  await user.waitForChallenge("login");
  await user.insert(canaries.username);
  await user.press("Tab");
  await user.insert(canaries.password);
  await user.press("Enter");
  await user.frame.getByText("Incorrect username or password").waitFor();
  const typed = [canaries.username, canaries.password];
  // The worker, which types for the user, has them: the search finds what is there.
  expect(textsInMemory(pidOf(Number(child.pid), "apps/browser-worker/"), typed)).toEqual(typed);
  // The same once more by the form that stands for the page's fields.
  await user.frame.getByRole("button", { name: "Fill in here instead" }).click();
  await user.fillIn({ Username: canaries.username, Password: canaries.mirrored }, "Log in");
  // Asked for anew: the field is empty, and the button waits for it.
  const form = user.frame.locator(".turn-form");
  await expect.poll(() => form.getByLabel("Password", { exact: true }).inputValue()).toBe("");
  await form.locator("[type=submit][aria-disabled=false]").waitFor();
  await user.frame.getByText("Incorrect username or password").waitFor();
  expect(textsInMemory(pidOf(Number(child.pid), "apps/api/"), [...typed, canaries.mirrored])).toEqual([]);
  await user.logIn("user_good", "pass_good");
  await user.enterCode("123456");
  await user.waitForStatus("COMPLETED", patience());
  await user.close();

  const files = await everyFile(folder);
  const processes = descendants(Number(child.pid));
  child.removeAllListeners("exit");
  child.kill("SIGTERM");
  expect(await once(child, "exit")).toEqual([0, null]);
  expect(processes.length).toBeGreaterThan(5);
  expect(processes.filter(isAlive)).toEqual([]);

  // A positive control: the search would find what is there.
  expect(output).toContain("session moved");
  expect(files.join("")).toContain("demo-bank");
  for (const secret of Object.values(canaries)) {
    expect(output.includes(secret), "in the logs").toBe(false);
    for (const encoding of ["latin1", "utf16le", "base64"] as const) {
      const bytes =
        encoding === "base64"
          ? Buffer.from(secret).toString("base64").slice(0, -4)
          : Buffer.from(secret, encoding === "latin1" ? "latin1" : "utf16le").toString("latin1");
      expect(
        files.some((file) => file.includes(bytes)),
        `in a file, as ${encoding}`,
      ).toBe(false);
    }
  }
});

/** Of the part of the system that runs from this folder. */
function pidOf(root: number, folder: string): number {
  const found = descendants(root).find((pid) => {
    const [command = "", ...words] = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    return command.endsWith("node") && words.some((word) => word.includes(folder));
  });
  if (found === undefined) throw new Error(`nothing runs from ${folder}`);
  return found;
}

/** Contents of every file below, as latin1; the database's and its log's too. */
async function everyFile(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return Promise.all(
    entries.filter((entry) => entry.isFile()).map((entry) => readFile(join(entry.parentPath, entry.name), "latin1")),
  );
}
