import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findChromium } from "@attestream/browser-worker/find-chromium";
import { processTree } from "@attestream/bench/usage";
import { EndUser } from "@attestream/standalone/end-user";
import { launchViewerBrowser } from "@attestream/standalone/viewer-browser";
import { textsInMemory } from "@attestream/testkit";
import type { Check } from "../report/check.ts";

const canary = () => `canary${randomBytes(8).toString("hex")}`;
const largestFile = 256 * 2 ** 20;

/** Random words typed through the whole product, by the picture and by the form; then looked for wherever something could be kept. */
export const secretsCheck: Check = {
  name: "secrets",
  title: "a password, its copy in the form and a code are typed, then searched everywhere",
  figures: [
    { name: "secrets.hits", unit: "places", goal: { of: "value", atMost: 0 } },
    { name: "secrets.control", unit: "places", goal: { of: "value", atLeast: 3 } },
  ],
  async attack({ root, progress }) {
    await using undo = new AsyncDisposableStack();
    const home = await mkdtemp(join(tmpdir(), "attestream-attack-secrets-"));
    undo.defer(() => rm(home, { recursive: true, force: true }));
    // The slots' users have to get to their own.
    await chmod(home, 0o755);
    const temporary = join(home, "tmp");
    await mkdir(temporary, { mode: 0o1777 });
    await chmod(temporary, 0o1777);
    const child = spawn(
      process.execPath,
      ["--conditions=@attestream/source", join(root, "apps/standalone/src/main.ts")],
      {
        env: { ...process.env, PORT: "0", DATA_DIR: join(home, "data"), TMPDIR: temporary, LOG_LEVEL: "trace" },
        stdio: ["ignore", "pipe", "pipe", "ipc"],
      },
    );
    undo.defer(async () => {
      if (child.exitCode !== null) return;
      child.kill("SIGTERM");
      await once(child, "exit");
    });
    let output = "";
    const ready = Promise.withResolvers<void>();
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding("utf8").on("data", (text: string) => {
        output += text;
        if (output.includes("Create a session:")) ready.resolve();
      });
    child.once("exit", (code) => ready.reject(new Error(`the product ended with ${code}: ${output.slice(-300)}`)));
    await ready.promise;
    const partnerUrl = /Demo +(http:\S+)/.exec(output)?.[1] ?? "";

    const browser = await launchViewerBrowser((await findChromium(process.env["CHROMIUM_PATH"])).path);
    undo.defer(() => browser.close());
    const user = await EndUser.open({ browser, viewport: { width: 1100, height: 860 } });
    const sessionId = await user.startVerification(partnerUrl);
    await user.agree();
    await user.waitForChallenge("login");
    const [username, password, mirrored, code] = [canary(), canary(), canary(), canary()];
    await user.insert(username);
    await user.press("Tab");
    await user.insert(password);
    await user.press("Enter");
    await user.frame.getByText("Incorrect username or password").waitFor();
    const part = (folder: string) => processTree(Number(child.pid)).find((pid) => isNodeOf(pid, folder)) ?? Number.NaN;
    const inWorker = textsInMemory(part("apps/browser-worker/"), [username, password]);
    await user.frame.getByRole("button", { name: "Fill in here instead" }).click();
    await user.fillIn({ Username: username, Password: mirrored }, "Log in");
    await user.frame.locator(".turn-form [type=submit][aria-disabled=false]").waitFor();
    await user.frame.getByText("Incorrect username or password").waitFor();
    await user.logIn("user_good", "pass_good");
    await user.waitForChallenge("otp");
    await user.insert(code);
    await user.press("Enter");
    await user.frame.getByText("code is not correct").first().waitFor();
    const typed = { username, password, "the form's password": mirrored, "the code": code };
    progress("  searching the API's memory and all files");
    const hits = textsInMemory(part("apps/api/"), Object.values(typed)).map(
      (text) => `the API's memory: ${nameOf(typed, text)}`,
    );
    hits.push(...(await searchFiles(home, typed)));
    await user.enterCode("123456");
    await user.waitForStatus("COMPLETED", AbortSignal.timeout(60_000));
    const webhook = await (await fetch(`${partnerUrl}/api/verifications/${sessionId}`)).text();
    await user.close();
    hits.push(...(await searchFiles(home, typed)));
    for (const [name, text] of Object.entries(typed)) {
      if (output.includes(text)) hits.push(`the logs: ${name}`);
      if (webhook.includes(text)) hits.push(`the webhook: ${name}`);
    }
    const control = [
      inWorker.length > 0 && "the worker's memory",
      output.includes("session moved") && "the logs",
      (await searchFiles(join(home, "data"), { platform: "demo-bank" })).length > 0 && "the database",
    ].filter((place) => place !== false);
    return {
      "secrets.hits": { value: new Set(hits).size, note: [...new Set(hits)].join("; ") },
      "secrets.control": { value: control.length, note: `what must be there is found in ${control.join(", ")}` },
    };
  },
  holes: [
    {
      name: "what is typed is logged",
      figure: "secrets.hits",
      patches: [
        {
          file: "apps/browser-worker/src/stream/viewer-connection.ts",
          find: "else if (this.#socket.readyState === WebSocket.OPEN) events.onMessage(message);",
          replace: "else { process.stdout.write(JSON.stringify(message) + '\\n'); events.onMessage(message); }",
        },
      ],
    },
    {
      name: "what is typed is left in a file",
      figure: "secrets.hits",
      patches: [
        {
          file: "apps/browser-worker/src/stream/viewer-connection.ts",
          find: "else if (this.#socket.readyState === WebSocket.OPEN) events.onMessage(message);",
          replace:
            "else { process.getBuiltinModule('node:fs').appendFileSync((process.env.TMPDIR ?? '/tmp') + '/typed.log', JSON.stringify(message)); events.onMessage(message); }",
        },
      ],
    },
  ],
};

const nameOf = (typed: Record<string, string>, text: string) =>
  Object.entries(typed).find(([, value]) => value === text)?.[0] ?? "";

function isNodeOf(pid: number, folder: string): boolean {
  try {
    const [command = "", ...words] = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    return command.endsWith("node") && words.some((word) => word.includes(folder));
  } catch {
    return false;
  }
}

/** Database with its log, profiles, temporary files: as text, as UTF-16, and as base64 at any offset. */
async function searchFiles(folder: string, texts: Record<string, string>): Promise<string[]> {
  const needles = Object.entries(texts).flatMap(([name, text]) => [
    { name, bytes: Buffer.from(text, "latin1") },
    { name, bytes: Buffer.from(text, "utf16le") },
    ...[0, 1, 2].map((offset) => ({
      name,
      bytes: Buffer.from(
        Buffer.from("x".repeat(offset) + text)
          .toString("base64")
          .slice(offset === 0 ? 0 : 4, -4),
        "latin1",
      ),
    })),
  ]);
  const hits: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    // A temporary file may go while it is looked for.
    const size = await stat(path).then(
      (found) => found.size,
      () => largestFile + 1,
    );
    if (size > largestFile) continue;
    const content = await readFile(path).catch(() => Buffer.alloc(0));
    for (const { name, bytes } of needles)
      if (content.includes(bytes)) hits.push(`${path.slice(folder.length + 1)}: ${name}`);
  }
  return hits;
}
