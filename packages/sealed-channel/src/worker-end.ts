import { createCipheriv } from "node:crypto";
import { base64url } from "jose";
import { createInTurn } from "./in-turn.ts";
import { SealError } from "./seal-error.ts";
import { createSuite, decodeKey, downKeyBytes, downLabel, infoOf, nonceOf, type ChannelScope } from "./suite.ts";

/** The worker's end of a sealed connection. */
export interface WorkerEnd {
  /** Seals the next message to the viewer. At once, so that what is sent keeps its order. */
  seal(message: Uint8Array): Uint8Array;
  /** Opens the next message of the viewer. Calls may overlap; rejects with SealError, then and ever after. */
  open(sealed: Uint8Array): Promise<Uint8Array>;
}

/** One session's sealing key. The private part exists in this process only and goes with it. */
export interface SessionSealKey {
  /** Base64url, for the signed statement. */
  publicKey: string;
  /** `offer`: what the viewer sent with its handshake. Throws SealError. */
  accept(offer: string): Promise<WorkerEnd>;
}

export async function createSessionSealKey(scope: ChannelScope): Promise<SessionSealKey> {
  const suite = createSuite();
  const pair = await suite.kem.generateKeyPair();
  const publicKey = base64url.encode(new Uint8Array(await suite.kem.serializePublicKey(pair.publicKey)));
  return {
    publicKey,
    async accept(offer) {
      const context = await decodeKey(offer)
        .then((enc) => suite.createRecipientContext({ recipientKey: pair.privateKey, enc, info: infoOf(scope) }))
        .catch((cause: unknown) => {
          throw new SealError("the offer is not a key", { cause });
        });
      const downKey = new Uint8Array(await context.export(downLabel, downKeyBytes));
      const inTurn = createInTurn();
      let broken = false;
      let sent = 0n;
      return {
        seal(message) {
          const cipher = createCipheriv("aes-128-gcm", downKey, nonceOf(sent));
          sent += 1n;
          return Buffer.concat([cipher.update(message), cipher.final(), cipher.getAuthTag()]);
        },
        open: (sealed) =>
          inTurn(async () => {
            if (broken) throw new SealError("the channel is broken");
            try {
              return new Uint8Array(await context.open(new Uint8Array(sealed).buffer));
            } catch (cause) {
              broken = true;
              throw new SealError("a message is not what the viewer sent next", { cause });
            }
          }),
      };
    },
  };
}
