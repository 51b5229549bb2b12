import { HandshakeWatcher, openConnection } from "@attestream/attestation/tls-evidence";
import {
  createChain,
  playServer,
  recordAnswer,
  type FlightMessage,
} from "@attestream/attestation/testing/tls-evidence";
import { mutateBytes } from "../mutate/mutate-bytes.ts";
import type { Random } from "../mutate/random.ts";
import type { Kind } from "./kind.ts";
import { unlessRefused } from "./refused.ts";

const messages: readonly FlightMessage[] = ["encryptedExtensions", "certificate", "certificateVerify", "finished"];
const applicationData = 23;

/**
 * Two ways. A watcher is fed with changed hellos in pieces: it must never throw, and never count more than was sent. And a
 * server that can do what it likes changes a message before it encrypts it and signs for it: what is accepted must still be
 * of that server's certificate.
 */
export const handshakes: Kind = {
  title: "handshakes",
  part: 0.12,
  async prepare() {
    const chain = await createChain("P-256");
    const [roots, now] = [[chain.root.pem], new Date()];
    const { connection } = await recordAnswer(chain, "HTTP/1.1 204 No Content\r\n\r\n");
    const played = playServer(chain, { after: [[applicationData, "data"]] });
    const whole = openConnection(played.connection, played.secrets, { roots, now });

    function watch(random: Random) {
      const sent = mutateBytes(connection.sent, random, connection.received);
      const received = random.below(2) === 0 ? connection.received : mutateBytes(connection.received, random, sent);
      const watcher = new HandshakeWatcher();
      const cut = random.below(sent.length);
      watcher.fromClient(sent.subarray(0, cut));
      watcher.fromClient(sent.subarray(cut, cut + 700));
      watcher.fromServer(received.subarray(0, cut));
      watcher.fromServer(received.subarray(cut));
      watcher.fromClient(sent.subarray(cut + 700));
      if (watcher.clearClientBytes > sent.length) throw new Error("more bytes in the clear than were sent");
      if ((watcher.state === "unusable") !== (watcher.reason !== null)) throw new Error("unusable without a reason");
      return watcher.state === "unusable" ? ("refused" as const) : ("accepted" as const);
    }

    function play(random: Random) {
      const wanted = random.pick(messages);
      const { connection: changed, secrets } = playServer(chain, {
        edit: (name, message) => (name === wanted ? mutateBytes(message, random, connection.received) : message),
        after: [[applicationData, "data"]],
      });
      const opened = unlessRefused(() => openConnection(changed, secrets, { roots, now }));
      if (opened === null) return "refused" as const;
      const { leafSpkiSha256, chainSha256 } = opened.certificate;
      if (leafSpkiSha256 !== whole.certificate.leafSpkiSha256) throw new Error("another certificate was accepted");
      if (chainSha256.join("") !== whole.certificate.chainSha256.join(""))
        throw new Error("another chain was accepted");
      if (Buffer.from(opened.plaintext).toString() !== "data") throw new Error("the plaintext has changed");
      return "accepted" as const;
    }

    return (random) => (random.below(6) === 0 ? play(random) : watch(random));
  },
};
