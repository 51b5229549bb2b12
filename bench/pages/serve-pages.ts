import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer as createHttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo, Server } from "node:net";
import { join } from "node:path";
import { createCertificateAuthority } from "@attestream/testkit";
import { platformFile } from "./platform-file.ts";
import { isPageName, pageNames, siteHost, sitePage } from "./site-pages.ts";

export interface BenchPages extends AsyncDisposable {
  /** https, for `siteHost`. */
  sitePort: number;
  /** http: `/?embed=<url>` is a partner's page with that frame in it. */
  partnerUrl: string;
  /** Of the site's authority, PEM. */
  caFile: string;
  /** Holds a platform `bench-<page>` for each page. */
  platformsDir: string;
}

/** The site that is measured, a partner's page, and the platform files that lead to them. Files go into `folder`. */
export async function servePages(folder: string): Promise<BenchPages> {
  const authority = await createCertificateAuthority("Attestream bench");
  const caFile = join(folder, "bench-ca.pem");
  await writeFile(caFile, authority.certificate);
  const platformsDir = join(folder, "platforms");
  for (const name of pageNames) {
    await mkdir(join(platformsDir, `bench-${name}`), { recursive: true });
    await writeFile(join(platformsDir, `bench-${name}`, "platform.yaml"), platformFile(name));
  }
  const site = createHttpsServer(await authority.issue(siteHost), (request, response) => {
    const name = (request.url ?? "").slice(1);
    if (!isPageName(name)) return void response.writeHead(404).end();
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(sitePage(name));
  });
  const partner = createHttpServer((request, response) => {
    const embed = new URL(request.url ?? "/", "http://localhost").searchParams.get("embed") ?? "";
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" })
      .end(`<!doctype html><title>Partner</title><style>body{margin:0}iframe{border:0;width:1320px;height:960px}</style>
<iframe src="${embed.replaceAll("&", "&amp;").replaceAll('"', "&quot;")}" allow="clipboard-write"></iframe>`);
  });
  const [sitePort, partnerPort] = await Promise.all([listen(site), listen(partner)]);
  return {
    sitePort,
    partnerUrl: `http://127.0.0.1:${partnerPort}`,
    caFile,
    platformsDir,
    async [Symbol.asyncDispose]() {
      for (const server of [site, partner]) {
        const closed = once(server, "close");
        server.close();
        server.closeAllConnections();
        await closed;
      }
    },
  };
}

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}
