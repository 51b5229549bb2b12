import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { createCertificateAuthority } from "@attestream/testkit";

export interface TestSite {
  port: number;
  /** PEM of the authority that signed the site's certificate. */
  ca: string;
  /** Path and body of each POST, in order. */
  posts: { path: string; body: string }[];
  close(): Promise<void>;
}

/** A web site over real TLS at a made-up name. `pages` maps a path to its HTML. */
export async function startTestSite(host: string, pages: Record<string, string>): Promise<TestSite> {
  const authority = await createCertificateAuthority("Worker test authority");
  const posts: TestSite["posts"] = [];
  const server: Server = createServer(await authority.issue(host), (request, response) => {
    const path = new URL(request.url ?? "/", `https://${host}`).pathname;
    if (request.method === "POST") {
      let body = "";
      request.on("data", (chunk: Buffer) => {
        body += chunk.toString();
      });
      request.on("end", () => {
        posts.push({ path, body });
        response.writeHead(204).end();
      });
      return;
    }
    const page = pages[path];
    response
      .writeHead(page === undefined ? 404 : 200, { "content-type": "text/html; charset=utf-8" })
      .end(page ?? "nothing here");
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    ca: authority.certificate,
    posts,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}
