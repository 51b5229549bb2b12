import { readFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright";
import { findChromium } from "@attestream/browser-worker/find-chromium";
import { hasOwnNetwork } from "../network/own-network.ts";
import { startNameServer } from "../network/name-server.ts";
import type { Check } from "../report/check.ts";
import { siteHost, type SitePage } from "../site/site-page.ts";
import type { AttackRun } from "../system/attack-run.ts";
import { internalHosts, startCanaries, type Canaries } from "./canaries.ts";
import { vectorNames } from "./vector-names.ts";

const script = readFileSync(join(import.meta.dirname, "browser/vectors.js"), "utf8");
const workerScript = `
const { searchParams } = new URL(self.location.href);
const go = (url) => fetch(url, { mode: "no-cors" }).catch(() => {});
if (searchParams.has("fetch")) go(searchParams.get("fetch"));
if (searchParams.has("import")) importScripts(searchParams.get("import"));
self.addEventListener("message", ({ data }) => go(data));
self.addEventListener("activate", (event) => event.waitUntil(self.clients?.claim()));`;

/** Told to the page when it is asked for: the ports are known only while the check runs. */
let target: { ports: Readonly<Record<string, number>>; waitMs: number } = { ports: {}, waitMs: 0 };
const setTarget = (next: typeof target) => void (target = next);

const page: SitePage = {
  html: () => `<!doctype html><meta charset="utf-8"><title>Egress</title><h1>Egress</h1><script src="vectors.js"></script><script>
    egressAttack(${JSON.stringify({ own: "/egress/", hosts: internalHosts, ...target })});</script>`,
  answer(path, request, response) {
    const to = new URL(request.url ?? "/", `https://${siteHost}`).searchParams.get("to") ?? "";
    if (path === "vectors.js") response.writeHead(200, { "content-type": "text/javascript" }).end(script);
    else if (path === "worker.js")
      response
        .writeHead(200, { "content-type": "text/javascript", "service-worker-allowed": "/egress/" })
        .end(workerScript);
    else if (path === "redirect") response.writeHead(302, { location: to }).end();
    else if (path === "csp")
      response
        .writeHead(200, { "content-type": "text/html", "content-security-policy": `img-src 'none'; report-uri ${to}` })
        .end(`<img src="/egress/x.png">`);
    else response.writeHead(404).end();
  },
};

/** A page of the platform tries every way out on addresses inside of networks. What arrives anywhere is counted. */
export const egressCheck: Check = {
  name: "egress",
  title: "a page tries every way out, on internal addresses and names",
  figures: [
    { name: "egress.control", unit: "% seen", goal: { of: "value", atLeast: 85 } },
    { name: "egress.packets", unit: "packets", goal: { of: "value", atMost: 0 } },
    { name: "egress.dns", unit: "queries", goal: { of: "value", atMost: 0 } },
  ],
  pages: { egress: page },
  async attack(run) {
    // A browser that all of this was too much for shows nothing of what the page can do.
    const first = await watch(run, openWithoutPolicy).catch((error: Error) => {
      run.progress(`  without the policy, the first look: ${error.message}`);
      return { seen: new Set<string>() };
    });
    // On a busy machine some ways take longer than the page waits: what is seen in one of two looks is seen.
    const second = first.seen.size < vectorNames.length * 0.9 ? await watch(run, openWithoutPolicy) : first;
    const control = { seen: new Set([...first.seen, ...second.seen]) };
    const product = await watch(run, openInProduct);
    const unseen = vectorNames.filter((name) => !control.seen.has(name));
    const wide = hasOwnNetwork() ? "" : "; without root: loopback addresses only, names not watched";
    return {
      "egress.control": {
        value: ((vectorNames.length - unseen.length) / vectorNames.length) * 100,
        note: `without the policy ${vectorNames.length - unseen.length} of ${vectorNames.length} ways out are seen on ${internalHosts.length} addresses${unseen.length > 0 ? `, not ${unseen.join(", ")}` : ""}${wide}`,
      },
      "egress.packets": { value: product.packets, note: product.described },
      "egress.dns": { value: product.queries.length, note: [...new Set(product.queries)].slice(0, 10).join(", ") },
    };
  },
  holes: [
    {
      name: "no egress policy for addresses",
      figure: "egress.packets",
      patches: [
        {
          file: "apps/browser-worker/src/egress/egress-policy.ts",
          find: 'if (read.kind === "address") return { kind: "refused", reason: "ip literal" };',
          replace:
            'if (read.kind === "address") return { kind: "dial", host: rawHost, address: rawHost.replace(/^\\[|\\]$/g, ""), port };',
        },
      ],
    },
    {
      name: "browsers share this machine's network",
      figure: "egress.dns",
      patches: [
        {
          file: "apps/browser-worker/src/sandbox/find-bubblewrap.ts",
          find: "if (bwrapPath !== null && socatPath !== null)",
          replace: "if (bwrapPath === socatPath)",
        },
        // There the browser is told not to ask for names, either.
        {
          file: "apps/browser-worker/src/pool/chromium-flags.ts",
          find: '"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",',
          replace: "",
        },
      ],
    },
  ],
};

/** Opens the page, by either way, and tells what arrived. */
async function watch(run: AttackRun, open: (run: AttackRun, signal: AbortSignal) => Promise<void>) {
  await using canaries: Canaries = await startCanaries(vectorNames);
  // Names lead inside as well: who asks comes next.
  await using names = hasOwnNetwork()
    ? await startNameServer((name, family) => (name.endsWith("leak.test") && family === 4 ? ["10.99.77.1"] : []))
    : { asked: [], async [Symbol.asyncDispose]() {} };
  setTarget({ ports: canaries.ports, waitMs: run.quick ? 2_000 : 6_000 });
  await open(run, AbortSignal.timeout(40_000));
  const byName = new Set(names.asked.map((name) => name.split(".")[0] ?? ""));
  const touched = [...canaries.touches];
  return {
    packets: touched.flatMap(([, touches]) => touches).length,
    described: touched.map(([name, touches]) => `${name} (${[...new Set(touches)].slice(0, 3).join(", ")})`).join("; "),
    queries: [...names.asked],
    seen: new Set([...touched.map(([name]) => name), ...byName]),
  };
}

/** The positive control: the same page, the same canaries, a browser that nothing holds back. */
async function openWithoutPolicy({ site }: AttackRun, signal: AbortSignal): Promise<void> {
  const browser = await chromium.launch({
    executablePath: (await findChromium(process.env["CHROMIUM_PATH"])).path,
    args: [
      `--host-resolver-rules=MAP ${siteHost} 127.0.0.1:${site.port}`,
      // Only here, where nothing is kept from anybody: the site's authority is not the system's.
      "--ignore-certificate-errors",
      "--disable-features=LocalNetworkAccessChecks,LocalNetworkAccessChecksWebSockets,LocalNetworkAccessChecksWebRTC",
    ],
  });
  try {
    const opened = await browser.newPage();
    const told = site.told("egress", signal);
    const crashed = Promise.withResolvers<never>();
    opened.once("crash", () => crashed.reject(new Error("the page has crashed")));
    const ended = Promise.race([told, crashed.promise]);
    ended.catch(() => {});
    await opened.goto(`https://${siteHost}/egress/`);
    await ended;
    await settle();
  } finally {
    await browser.close();
  }
}

async function openInProduct(run: AttackRun, signal: AbortSignal): Promise<void> {
  const victim = await run.victim();
  const told = run.site.told("egress", signal);
  told.catch(() => {});
  const { sessionId, viewer } = await victim.open("egress");
  await told.catch(async (cause: unknown) => {
    const { status, errorCode } = await victim.client.getSession(sessionId);
    throw new Error(`the page did not get to its end; its session is ${status} ${errorCode ?? ""}`, { cause });
  });
  await settle();
  viewer.close();
  await victim.end(sessionId);
}

/** The page's own way to another address begins after it has told; a packet on loopback takes no time. */
const settle = () => new Promise<void>((resolve) => setTimeout(resolve, 1_500));
