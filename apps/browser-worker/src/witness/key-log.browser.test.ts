import { once } from "node:events";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCertificateAuthority } from "@attestream/testkit";
import { pino } from "pino";
import { expect, it } from "vitest";
import { dialAddress } from "@attestream/address-guard";
import { createEgressPolicy } from "../egress/egress-policy.ts";
import { BrowserGuard } from "../pool/browser-guard.ts";
import { launchBrowser } from "../pool/launch-browser.ts";
import { findChromium } from "../sandbox/find-chromium.ts";
import { createTrustStore } from "../sandbox/trust-store.ts";
import { WitnessedConnection } from "./witnessed-connection.ts";

const host = "keys.witness.test";

// At level L2 it is tried with everything around it; here the browser shares the worker's files.
it("gets a browser's secrets at level L1 as well", async () => {
  await using undo = new AsyncDisposableStack();
  const log = pino({ level: "silent" });
  const folder = await mkdtemp(join(tmpdir(), "worker-keys-"));
  undo.defer(() => rm(folder, { recursive: true, force: true }));
  await chmod(folder, 0o755);
  const authority = await createCertificateAuthority("Keys");
  const caFile = join(folder, "ca.pem");
  await writeFile(caFile, authority.certificate);
  await mkdir(join(folder, "trust"));
  const server = createServer(await authority.issue(host), (_request, response) => response.end("hello"));
  await once(server.listen(0, "127.0.0.1"), "listening");
  undo.defer(() => {
    server.close();
    server.closeAllConnections();
  });

  const browser = await launchBrowser(
    { index: 0, uid: process.getuid?.() === 0 ? 59_980 : undefined, folder: join(folder, "slot-0") },
    null,
    {
      chromium: await findChromium(undefined),
      setprivPath: "/usr/bin/setpriv",
      trustStore: await createTrustStore({ folder: join(folder, "trust"), caFile }),
      isolation: { level: "L1" },
      diskMiB: 64,
      writesKeyLog: true,
      controlGroups: null,
      timeoutMs: 30_000,
      memory: new BrowserGuard({ limitMiB: 1024, log }),
      network: { resolve: async () => [] },
      log,
    },
  );
  undo.defer(() => browser.dispose());
  const { keyLog, egress } = browser;
  if (keyLog === null) throw new Error("it writes none");
  const devHosts = new Map([[host, { address: "127.0.0.1", port: (server.address() as AddressInfo).port }]]);
  egress.setPolicy(createEgressPolicy({ allow: [host], devHosts }));
  const commitment = Promise.withResolvers<string>();
  egress.setWitness({
    covers: (name) => name === host,
    dial: async (_host, address, port) =>
      new WitnessedConnection({
        id: "1",
        host,
        keyLog,
        socket: await dialAddress(address, port),
        commit: commitment.resolve,
      }),
  });
  const page = await browser.browser.newPage();
  expect((await page.goto(`https://${host}/`))?.status()).toBe(200);
  expect(await commitment.promise).toMatch(/^[0-9a-f]{64}$/);
});
