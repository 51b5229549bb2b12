import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createCertificateAuthority } from "@attestream/testkit";
import { platformFile, platformName, siteHost, type SitePage } from "./site-page.ts";

export interface Site extends AsyncDisposable {
  port: number;
  /** Of the site's authority, PEM. */
  caFile: string;
  /** Holds a platform for each page. */
  platformsDir: string;
  /** Resolves with what the page says of itself at `/<page>/told`, from now on. */
  told(page: string, signal: AbortSignal): Promise<string>;
}

/** The site whose pages attack, and the platform files that lead to them. Files go into `folder`. */
export async function serveSite(folder: string, pages: Readonly<Record<string, SitePage>>): Promise<Site> {
  const authority = await createCertificateAuthority("Attestream attack");
  const caFile = join(folder, "attack-ca.pem");
  await writeFile(caFile, authority.certificate);
  const platformsDir = join(folder, "platforms");
  for (const [name, { allow = [] }] of Object.entries(pages)) {
    await mkdir(join(platformsDir, platformName(name)), { recursive: true });
    await writeFile(join(platformsDir, platformName(name), "platform.yaml"), platformFile(name, allow));
  }
  const listening = new Map<string, (text: string) => void>();
  const server = createServer(await authority.issue(siteHost), (request, response) => {
    const [, name = "", rest = ""] = /^\/([\w-]+)\/([^?]*)/.exec(request.url ?? "") ?? [];
    const page = pages[name];
    if (page === undefined) return void response.writeHead(404).end();
    if (rest === "")
      return void response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(page.html());
    if (rest !== "told") return page.answer ? page.answer(rest, request, response) : void response.writeHead(404).end();
    let text = "";
    request.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
    request.on("end", () => {
      listening.get(name)?.(text);
      response.writeHead(204).end();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    caFile,
    platformsDir,
    async told(page, signal) {
      const heard = Promise.withResolvers<string>();
      listening.set(page, heard.resolve);
      const late = () => heard.reject(new Error(`the page "${page}" has told nothing in time`));
      signal.addEventListener("abort", late, { once: true });
      return heard.promise.finally(() => signal.removeEventListener("abort", late));
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
