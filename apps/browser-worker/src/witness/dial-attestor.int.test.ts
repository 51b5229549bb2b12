import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCertificateAuthority, startAttestor } from "@attestream/testkit";
import { pino } from "pino";
import { expect, it } from "vitest";
import { AttestorLink } from "./attestor-link.ts";
import { dialAttestor } from "./dial-attestor.ts";

const host = "echo.witness.test";

it("reaches an attestor over TLS, with the operator's own authority, and a site past it", async () => {
  await using undo = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "attestream-tls-"));
  undo.defer(() => rm(folder, { recursive: true, force: true }));
  const authority = await createCertificateAuthority("Attestors");
  const { cert, key } = await authority.issue("localhost");
  const [certFile, keyFile] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  await writeFile(certFile, cert);
  await writeFile(keyFile, key);
  const echo = createServer((socket) => socket.pipe(socket));
  await once(echo.listen(0, "127.0.0.1"), "listening");
  undo.defer(() => void echo.close());
  const { port } = echo.address() as AddressInfo;
  const attestor = undo.use(
    await startAttestor({ hosts: { [host]: port }, env: { TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile } }),
  );

  const address = { url: `https://localhost:${attestor.port}` };
  const options = { address, token: attestor.token, log: pino({ level: "silent" }) };
  await expect(new AttestorLink({ ...options, ca: undefined }).open()).rejects.toMatchObject({ reason: "unreachable" });
  const link = new AttestorLink({ ...options, ca: authority.certificate });
  const target = { session: "0".repeat(64), host, address: "127.0.0.1", port };
  const { socket } = await dialAttestor(link, target, authority.certificate);
  // No TLS: nothing is held back for evidence that cannot come of it.
  socket.write("hello");
  expect(String((await once(socket, "data"))[0])).toBe("hello");
  socket.destroy();
  link.close();
});
