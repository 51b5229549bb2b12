import { X509Certificate } from "node:crypto";
import { rootCertificates } from "node:tls";
import { issueCertificate, type CertificateWish, type IssuedCertificate } from "@attestream/testkit";
import { beforeAll, describe, expect, it } from "vitest";
import { refusalOf } from "../test-support/refusal-of.ts";
import { checkChain } from "./check-chain.ts";

const now = new Date();
const serverName = "bank.example";
let root: IssuedCertificate;
let between: IssuedCertificate;

beforeAll(async () => {
  root = await issueCertificate({ name: "Root", authority: {} });
  between = await issueCertificate({ name: "Between", issuer: root, authority: { pathLength: 0 } });
});

const leaf = (wish: Partial<CertificateWish> = {}) =>
  issueCertificate({ name: "leaf", issuer: between, hosts: [serverName], ...wish });

function check(sent: readonly IssuedCertificate[], name = serverName, roots = [root.pem]) {
  const certificates = sent.map(({ pem }) => new X509Certificate(pem));
  return checkChain({ certificates, serverName: name, roots, now });
}

describe("chains that lead to a root", () => {
  it("leaf first, the others in any order, with some that do not belong", async () => {
    const server = await leaf();
    const stranger = await issueCertificate({ name: "Stranger", authority: {} });
    for (const sent of [
      [server, between],
      [server, between, root],
      [server, stranger, root, between],
    ])
      expect(check(sent).certificates.map(({ subject }) => subject)).toEqual(["CN=leaf", "CN=Between", "CN=Root"]);
    const exported = new X509Certificate(server.pem).publicKey.export({ type: "spki", format: "der" });
    expect(Buffer.from(check([server, between]).leafSpki)).toEqual(exported);
  });

  it("for a wildcard, an IP address, a leaf right below the root, a leaf that is itself trusted", async () => {
    check([await leaf({ hosts: ["*.bank.example"] }), between], "login.bank.example");
    check([await leaf({ hosts: ["127.0.0.1"] }), between], "127.0.0.1");
    check([await leaf({ issuer: root })]);
    const { issuer: _, ...own }: CertificateWish = { name: "self", hosts: [serverName] };
    const self = await issueCertificate(own);
    expect(check([self], serverName, [self.pem]).certificates).toHaveLength(1);
  });

  it("by another way where one does not lead up", async () => {
    // Cross-signed: the same key and name, once by an unknown root.
    const unknown = await issueCertificate({ name: "Unknown", authority: {} });
    const server = await leaf();
    const crossed = await issueCertificate({ name: "Between", issuer: unknown, authority: {} });
    expect(check([server, crossed, between]).certificates).toHaveLength(3);
  });

  it("the roots of Node are read once, and none of them is trusted for this", async () => {
    const server = await leaf();
    expect(refusalOf(() => check([server, between], serverName, [...rootCertificates]))).toBe("certificate_untrusted");
  });

  it("a root that is none is a mistake of the installation", async () => {
    const server = await leaf();
    expect(() => check([server, between], serverName, ["nothing"])).toThrow("roots[0] has no certificate in it");
  });
});

describe("refused", () => {
  it("no way to a root", async () => {
    const server = await leaf();
    expect(refusalOf(() => check([]))).toBe("certificate_untrusted");
    expect(refusalOf(() => check([server]))).toBe("certificate_untrusted");
    expect(refusalOf(() => check([server, between], serverName, [between.pem]))).toBeNull();
    // The same name, and another key.
    const impostor = await issueCertificate({ name: "Root", authority: {} });
    expect(refusalOf(() => check([server, between], serverName, [impostor.pem]))).toBe("certificate_untrusted");
  });

  it("another name", async () => {
    for (const [hosts, name] of [
      [["other.example"], serverName],
      [["*.bank.example"], "a.b.bank.example"],
      [["*.example"], "bank.example.evil"],
      [["127.0.0.1"], "127.0.0.2"],
      [[serverName], "127.0.0.1"],
    ] as const) {
      const server = await leaf({ hosts });
      expect(refusalOf(() => check([server, between], name))).toBe("certificate_name");
    }
    // The subject's common name names no server.
    const { hosts: _, ...nameless }: CertificateWish = { name: serverName, issuer: between, hosts: [] };
    const server = await issueCertificate(nameless);
    expect(refusalOf(() => check([server, between]))).toBe("certificate_name");
  });

  it("what is not valid now, wherever it stands", async () => {
    const [past, future] = [new Date(now.getTime() - 60_000), new Date(now.getTime() + 60_000)];
    for (const life of [{ notAfter: past }, { notBefore: future }]) {
      const server = await leaf(life);
      expect(refusalOf(() => check([server, between]))).toBe("certificate_time");
      const old = await issueCertificate({ name: "Old", issuer: root, authority: {}, ...life });
      const below = await leaf({ issuer: old });
      expect(refusalOf(() => check([below, old]))).toBe("certificate_time");
    }
  });

  it("issued by one that may not issue", async () => {
    for (const authority of [false, undefined] as const) {
      const middle = await issueCertificate({
        name: "Middle",
        issuer: root,
        hosts: ["x.example"],
        ...(authority === undefined ? {} : { authority }),
      });
      const server = await leaf({ issuer: middle });
      expect(refusalOf(() => check([server, middle]))).toBe("certificate_untrusted");
    }
    const below = await issueCertificate({ name: "Below", issuer: between, authority: {} });
    const server = await leaf({ issuer: below });
    // "Between" allows for leaves only.
    expect(refusalOf(() => check([server, below, between]))).toBe("certificate_untrusted");
  });

  it("for another use", async () => {
    const clientAuth = "1.3.6.1.5.5.7.3.2";
    const client = await leaf({ extendedKeyUsage: [clientAuth] });
    expect(refusalOf(() => check([client, between]))).toBe("certificate_invalid");
    const agreeing = await leaf({ keyUsage: "agree" });
    expect(refusalOf(() => check([agreeing, between]))).toBe("certificate_invalid");
    const mail = await issueCertificate({ name: "Mail", issuer: root, authority: {}, extendedKeyUsage: [clientAuth] });
    const server = await leaf({ issuer: mail });
    expect(refusalOf(() => check([server, mail]))).toBe("certificate_untrusted");
  });

  it("weak keys and weak hashes", async () => {
    const short = await leaf({ algorithm: "RSA-1024" });
    expect(refusalOf(() => check([short, between]))).toBe("certificate_invalid");
    const sha1 = await issueCertificate({ name: "Sha1", issuer: root, authority: {}, algorithm: "RSA-SHA1" });
    const server = await leaf({ issuer: sha1 });
    expect(refusalOf(() => check([server, sha1]))).toBe("certificate_invalid");
  });

  it("critical extensions that are not understood", async () => {
    const odd = { oid: "1.2.3.4", value: Uint8Array.of(5, 0) };
    const server = await leaf({ extensions: [{ ...odd, critical: true }] });
    expect(refusalOf(() => check([server, between]))).toBe("certificate_invalid");
    check([await leaf({ extensions: [{ ...odd, critical: false }] }), between]);
  });

  it("names outside of what an issuer is limited to", async () => {
    // NameConstraints, permitted (0xa0) or excluded (0xa1): a dNSName, or the address 10.0.0.0/8.
    const subtree = (tag: number, base: Uint8Array) =>
      Buffer.concat([Uint8Array.of(0x30, base.length + 4, tag, base.length + 2, 0x30, base.length), base]);
    const dns = (name: string) => Buffer.concat([Uint8Array.of(0x82, name.length), Buffer.from(name)]);
    const limited = async (value: Uint8Array) => {
      const issuer = await issueCertificate({
        name: "Limited",
        issuer: root,
        authority: {},
        extensions: [{ oid: "2.5.29.30", critical: true, value }],
      });
      return { issuer, named: await leaf({ issuer }), addressed: await leaf({ issuer, hosts: ["10.1.1.1"] }) };
    };
    for (const [value, named, addressed] of [
      [subtree(0xa0, dns("bank.example")), null, null],
      [subtree(0xa0, dns("example")), null, null],
      [subtree(0xa0, dns("other.example")), "certificate_name", null],
      [subtree(0xa0, dns("k.example")), "certificate_name", null],
      [subtree(0xa1, dns("example")), "certificate_name", null],
      [subtree(0xa1, dns("other.example")), null, null],
      [subtree(0xa0, Uint8Array.of(0x87, 8, 10, 0, 0, 0, 255, 0, 0, 0)), null, "certificate_name"],
    ] as const) {
      const chain = await limited(value);
      expect(refusalOf(() => check([chain.named, chain.issuer]))).toBe(named);
      expect(refusalOf(() => check([chain.addressed, chain.issuer], "10.1.1.1"))).toBe(addressed);
    }
  });

  it("certificates that could all have issued each other cost little", async () => {
    const many = await Promise.all(
      Array.from({ length: 9 }, () => issueCertificate({ name: "Between", issuer: between, authority: {} })),
    );
    const server = await leaf({ issuer: many[0] ?? between });
    expect(refusalOf(() => check([server, ...many]))).toBe("certificate_untrusted");
  });
});
