import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { createCertificateAuthority } from "@attestream/testkit";

export interface LittleSite {
  port: number;
  close(): Promise<void>;
}

/** A site over TLS on loopback, made of fixed pages by path: what the Demo Bank has no reason to show. */
export async function startLittleSite(pages: Record<string, string>): Promise<LittleSite> {
  const authority = await createCertificateAuthority("little site");
  const server = createServer(await authority.issue("bank.demo.test"), (request, response) => {
    const content = pages[new URL(request.url ?? "/", "https://bank.demo.test").pathname];
    response.writeHead(content === undefined ? 404 : 200, { "content-type": "text/html; charset=utf-8" });
    response.end(`<!doctype html><body>${content ?? "<h1>Not found</h1>"}`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
