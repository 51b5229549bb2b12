import { execFile } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, createServer } from "node:tls";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ensureCertificates } from "./ensure-certificates.ts";
import { issueAuthority, issueLeaf, type Issued } from "./issue-certificates.ts";

const run = promisify(execFile);
const now = new Date();
const days = (count: number) => new Date(now.getTime() + count * 86_400_000);
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "demo-certificates-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const read = (name: string) => readFile(join(folder, name), "utf8");

/** Serves with `leaf` and connects as `name`, trusting only the CA: "accepted", or the TLS error's code. */
async function handshake(options: { leaf: Issued; ca: string; name: string }): Promise<string> {
  const server = createServer({ cert: options.leaf.certificate, key: options.leaf.key }, (socket) => socket.end());
  server.on("tlsClientError", () => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = connect({
    host: "127.0.0.1",
    port: (server.address() as AddressInfo).port,
    servername: options.name,
    ca: options.ca,
  });
  socket
    .once("secureConnect", () => resolve("accepted"))
    .once("error", (error) =>
      resolve("code" in error && error.code !== "UNSPECIFIED" ? String(error.code) : error.message),
    );
  const outcome = await promise;
  socket.destroy();
  await new Promise((closed) => server.close(closed));
  return outcome;
}

describe("the certificates", () => {
  it("let a client that trusts the CA reach the bank and its subdomains", async () => {
    const { leaf, renewed } = await ensureCertificates({ folder, now });
    expect(renewed).toBe(true);
    const ca = await read("ca.pem");
    expect(await handshake({ leaf, ca, name: "bank.demo.test" })).toBe("accepted");
    expect(await handshake({ leaf, ca, name: "gig.demo.test" })).toBe("accepted");
    expect(await handshake({ leaf, ca, name: "bank.example.com" })).toBe("ERR_TLS_CERT_ALTNAME_INVALID");
    await run("openssl", ["verify", "-x509_strict", "-CAfile", join(folder, "ca.pem"), join(folder, "leaf.pem")]);
  });

  it("cannot be used for any other name, even by somebody with the CA's key", async () => {
    await ensureCertificates({ folder, now });
    const authority = { certificate: await read("ca.pem"), key: await read("ca-key.pem") };
    const foreign = await issueLeaf({ authority, names: ["bank.example.com"], now });
    expect(await handshake({ leaf: foreign, ca: authority.certificate, name: "bank.example.com" })).toBe(
      "permitted subtree violation",
    );
    // A permitted name beside it must not help.
    const mixed = await issueLeaf({ authority, names: ["bank.demo.test", "login.example.com"], now });
    expect(await handshake({ leaf: mixed, ca: authority.certificate, name: "login.example.com" })).toBe(
      "permitted subtree violation",
    );
    const lookalike = await issueLeaf({ authority, names: ["evildemo.test"], now });
    expect(await handshake({ leaf: lookalike, ca: authority.certificate, name: "evildemo.test" })).toBe(
      "permitted subtree violation",
    );
    const { stdout } = await run("openssl", [
      "x509",
      "-in",
      join(folder, "ca.pem"),
      "-noout",
      "-ext",
      "nameConstraints,basicConstraints",
    ]);
    expect(stdout).toMatch(/Name Constraints: critical\s+Permitted:\s+DNS:demo\.test\s+Excluded:\s+IP:0\.0\.0\.0/);
    expect(stdout).toContain("CA:TRUE, pathlen:0");
  });

  it("are kept from one start to the next, and their keys from other people", async () => {
    await ensureCertificates({ folder, now });
    const before = await Promise.all(["ca.pem", "ca-key.pem", "leaf.pem", "leaf-key.pem"].map(read));
    expect((await ensureCertificates({ folder, now: days(300) })).renewed).toBe(false);
    expect(await Promise.all(["ca.pem", "ca-key.pem", "leaf.pem", "leaf-key.pem"].map(read))).toEqual(before);
    for (const name of ["ca-key.pem", "leaf-key.pem"])
      expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
    expect((await readdir(folder)).sort()).toEqual(["ca-key.pem", "ca.pem", "leaf-key.pem", "leaf.pem"]);
  });

  it("are renewed near their end", async () => {
    await ensureCertificates({ folder, now });
    const before = await read("ca.pem");
    const { leaf, renewed } = await ensureCertificates({ folder, now: days(340) });
    expect(renewed).toBe(true);
    const ca = new X509Certificate(await read("ca.pem"));
    expect(ca.raw.equals(new X509Certificate(before).raw)).toBe(false);
    expect(new X509Certificate(leaf.certificate).verify(ca.publicKey)).toBe(true);
  });

  it.each([
    ["a file is damaged", async () => writeFile(join(folder, "ca.pem"), "-----BEGIN CERTIFICATE-----\nbroken")],
    ["a key is missing", async () => rm(join(folder, "leaf-key.pem"))],
    [
      "the leaf is another CA's",
      async () => {
        const leaf = await issueLeaf({
          authority: await issueAuthority({ domain: "demo.test", now }),
          names: ["bank.demo.test"],
          now,
        });
        await writeFile(join(folder, "leaf.pem"), leaf.certificate);
        await writeFile(join(folder, "leaf-key.pem"), leaf.key);
      },
    ],
    [
      "the CA's key does not fit",
      async () => writeFile(join(folder, "ca-key.pem"), (await issueAuthority({ domain: "demo.test", now })).key),
    ],
  ])("are made anew when %s", async (_what, spoil) => {
    await ensureCertificates({ folder, now });
    await spoil();
    const { leaf } = await ensureCertificates({ folder, now });
    expect(await handshake({ leaf, ca: await read("ca.pem"), name: "bank.demo.test" })).toBe("accepted");
  });

  it("are the same for all who start at once, in this process and in others", async () => {
    const script = join(import.meta.dirname, "../make-certificates.ts");
    const others = [1, 2, 3].map(() => run(process.execPath, ["--conditions=@attestream/source", script, folder]));
    const here = await Promise.all([1, 2, 3].map(() => ensureCertificates({ folder, now })));
    const printed = (await Promise.all(others)).map(({ stdout }) => stdout.split(" ", 1)[0]);
    expect(new Set(here.map(({ leaf }) => leaf.certificate.trim()))).toEqual(
      new Set([(await read("leaf.pem")).trim()]),
    );
    expect(
      [...printed, ...here.map(({ renewed }) => (renewed ? "made" : "kept"))].filter((word) => word === "made"),
    ).toHaveLength(1);
    expect(await readdir(folder)).toHaveLength(4);
  });

  it("are made although a process has died while making them", async () => {
    const { child } = run(process.execPath, ["-e", ""]);
    await new Promise((resolve) => child.once("exit", resolve));
    await writeFile(join(folder, ".lock"), String(child.pid));
    expect((await ensureCertificates({ folder, now })).renewed).toBe(true);
  });
});
