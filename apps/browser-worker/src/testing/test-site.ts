import "reflect-metadata";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { BasicConstraintsExtension, cryptoProvider, KeyUsageFlags, KeyUsagesExtension, PemConverter, SubjectAlternativeNameExtension, X509CertificateGenerator } from "@peculiar/x509";

export interface TestSite {
  port: number;
  /** PEM of the authority that signed the site's certificate. */
  ca: string;
  /** Path and body of each POST, in order. */
  posts: { path: string; body: string }[];
  close(): Promise<void>;
}

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/** A web site over real TLS at a made-up name. `pages` maps a path to its HTML. */
export async function startTestSite(host: string, pages: Record<string, string>): Promise<TestSite> {
  const { ca, certificate, key } = await makeCertificate(host);
  const posts: TestSite["posts"] = [];
  const server: Server = createServer({ cert: certificate, key }, (request, response) => {
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
    response.writeHead(page === undefined ? 404 : 200, { "content-type": "text/html; charset=utf-8" }).end(page ?? "nothing here");
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    ca,
    posts,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

async function makeCertificate(host: string): Promise<{ ca: string; certificate: string; key: string }> {
  cryptoProvider.set(crypto);
  const notBefore = new Date(Date.now() - 3_600_000);
  const notAfter = new Date(Date.now() + 86_400_000);
  const authorityKeys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const authority = await X509CertificateGenerator.createSelfSigned({
    name: "CN=Worker test authority",
    keys: authorityKeys,
    notBefore,
    notAfter,
    signingAlgorithm: algorithm,
    extensions: [new BasicConstraintsExtension(true, 0, true), new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true)],
  });
  const siteKeys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const site = await X509CertificateGenerator.create({
    subject: `CN=${host}`,
    issuer: authority.subject,
    publicKey: siteKeys.publicKey,
    signingKey: authorityKeys.privateKey,
    notBefore,
    notAfter,
    signingAlgorithm: algorithm,
    extensions: [new SubjectAlternativeNameExtension([{ type: "dns", value: host }])],
  });
  const key = PemConverter.encode(await crypto.subtle.exportKey("pkcs8", siteKeys.privateKey), "PRIVATE KEY");
  return { ca: authority.toString("pem"), certificate: site.toString("pem"), key };
}
