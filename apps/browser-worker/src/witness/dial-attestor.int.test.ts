import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer as createHttpServer } from "node:http";
import { connect, createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCertificateAuthority, startAttestor } from "@attestream/testkit";
import { pino } from "pino";
import { expect, it } from "vitest";
import { AttestorLink } from "./attestor-link.ts";
import { createAttestors } from "./attestors.ts";
import { dialAttestor } from "./dial-attestor.ts";

const host = "echo.witness.test";

/** An attestor that serves https under this name, and a site that echoes. */
async function start(undo: AsyncDisposableStack, name: string) {
  const folder = await mkdtemp(join(tmpdir(), "attestream-tls-"));
  undo.defer(() => rm(folder, { recursive: true, force: true }));
  const authority = await createCertificateAuthority("Attestors");
  const { cert, key } = await authority.issue(name);
  const [certFile, keyFile] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  await writeFile(certFile, cert);
  await writeFile(keyFile, key);
  const echo = createServer((socket) => socket.pipe(socket));
  await once(echo.listen(0, "127.0.0.1"), "listening");
  undo.defer(() => void echo.close());
  const { port } = echo.address() as AddressInfo;
  const env = { TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile };
  const attestor = undo.use(await startAttestor({ hosts: { [host]: port }, env }));
  return {
    attestor,
    url: `https://${name}:${attestor.port}`,
    ca: authority.certificate,
    target: { session: "0".repeat(64), host, address: "127.0.0.1", port },
  };
}

it("reaches an attestor over TLS, with the operator's own authority, and a site past it", async () => {
  await using undo = new AsyncDisposableStack();
  const { attestor, url, ca, target } = await start(undo, "localhost");
  const options = { address: { url }, token: attestor.token, log: pino({ level: "silent" }) };
  await expect(new AttestorLink({ ...options, ca: undefined }).open()).rejects.toMatchObject({ reason: "unreachable" });
  const link = new AttestorLink({ ...options, ca });
  const { socket } = await dialAttestor(link, target, ca);
  // No TLS: nothing is held back for evidence that cannot come of it.
  socket.write("hello");
  expect(String((await once(socket, "data"))[0])).toBe("hello");
  socket.destroy();
  link.close();
});

it("reaches an attestor elsewhere through the worker's only way out", async () => {
  await using undo = new AsyncDisposableStack();
  const name = "attestor.elsewhere.test";
  const { attestor, url, ca, target } = await start(undo, name);
  const asked: string[] = [];
  const gateway = createHttpServer((request, response) => {
    asked.push(String(request.url));
    response.end(JSON.stringify({ addresses: ["127.0.0.1"] }));
  });
  gateway.on("connect", (request, client) => {
    asked.push(String(request.url));
    const site = connect(attestor.port, "127.0.0.1", () => client.write("HTTP/1.1 200 OK\r\n\r\n"));
    client.pipe(site).pipe(client);
    for (const end of [client, site]) end.on("error", () => end.destroy());
  });
  await once(gateway.listen(0, "127.0.0.1"), "listening");
  undo.defer(() => void gateway.close());

  const attestors = createAttestors({
    addresses: [{ url }],
    tokens: [attestor.token],
    ca,
    gateway: {
      secure: false,
      host: "127.0.0.1",
      port: (gateway.address() as AddressInfo).port,
      authorization: undefined,
    },
    now: () => performance.now(),
    log: pino({ level: "silent" }),
  });
  const link = await attestors.reach("bank");
  if (typeof link === "string") throw new Error(link);
  const { socket } = await dialAttestor(link, target, ca);
  socket.write("hello");
  expect(String((await once(socket, "data"))[0])).toBe("hello");
  const way = [`/resolve?name=${name}`, `127.0.0.1:${attestor.port}`];
  expect(asked).toEqual([...way, ...way]);
  socket.destroy();
  attestors.close();
});
