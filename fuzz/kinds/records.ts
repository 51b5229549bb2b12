import { isDeepStrictEqual } from "node:util";
import { createSecureContext } from "node:tls";
import { openConnection, type OpenedConnection } from "@attestream/attestation/tls-evidence";
import { createChain, recordAnswer } from "@attestream/attestation/testing/tls-evidence";
import { mutateBytes } from "../mutate/mutate-bytes.ts";
import { mutateRecords, splitRecords } from "../mutate/mutate-records.ts";
import type { Kind } from "./kind.ts";
import { unlessRefused } from "./refused.ts";

const suites = ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"];
const answer = `HTTP/1.1 200 OK\r\ncontent-length: 300\r\n\r\n${"{}".repeat(150)}`;

/** What evidence states, but for the hashes of the ciphertext, which are of whatever was recorded. */
function stated(opened: OpenedConnection) {
  return {
    ...opened,
    clientRandom: Buffer.from(opened.clientRandom).toString("hex"),
    transcript: null,
    plaintext: null,
    closed: null,
  };
}

/** Recordings of real connections, changed. Whatever is accepted must state what the whole one states. */
export const records: Kind = {
  title: "records of real connections",
  part: 0.08,
  async prepare() {
    const chain = await createChain("P-256");
    const [roots, now] = [[chain.root.pem], new Date()];
    const bases = await Promise.all(
      suites.map(async (ciphers) => {
        const secureContext = createSecureContext({ cert: chain.cert, key: chain.key, ciphers });
        const { connection, secrets } = await recordAnswer(chain, answer, { server: { secureContext } });
        const whole = openConnection(connection, secrets, { roots, now });
        return { connection, secrets, whole, received: splitRecords(connection.received) };
      }),
    );
    return (random) => {
      const [base, other] = [random.pick(bases), random.pick(bases)];
      const { connection, secrets, whole } = base;
      const way = random.below(4);
      const changed = { ...connection };
      if (way === 0) changed.sent = Buffer.from(mutateBytes(connection.sent, random, other.connection.sent));
      else if (way === 1) changed.received = Buffer.from(mutateRecords(base.received, random, other.received));
      else changed.received = Buffer.from(mutateBytes(connection.received, random, other.connection.received));
      const opened = unlessRefused(() => openConnection(changed, secrets, { roots, now }));
      if (opened === null) return "refused";
      if (!isDeepStrictEqual(stated(opened), stated(whole))) throw new Error("what is stated has changed");
      const prefix = whole.plaintext.subarray(0, opened.plaintext.length);
      if (Buffer.compare(prefix, opened.plaintext) !== 0) throw new Error("the plaintext has changed");
      if (opened.closed && opened.plaintext.length !== whole.plaintext.length) throw new Error("an end that is none");
      return "accepted";
    };
  },
};
