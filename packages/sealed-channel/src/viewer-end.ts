import { base64url, compactVerify, createLocalJWKSet, type JSONWebKeySet } from "jose";
import { createInTurn } from "./in-turn.ts";
import { SealError } from "./seal-error.ts";
import { sealStatementSchema, statementType } from "./seal-statement.ts";
import { createSuite, decodeKey, downKeyBytes, downLabel, infoOf, nonceOf } from "./suite.ts";

/** The viewer's end of a sealed connection. Calls may overlap; what they give keeps their order. */
export interface ViewerEnd {
  /** Goes to the worker with the handshake. */
  offer: string;
  seal(message: Uint8Array): Promise<Uint8Array<ArrayBuffer>>;
  /** Rejects with SealError for what the worker did not send in this place, then and ever after. */
  open(sealed: Uint8Array): Promise<Uint8Array<ArrayBuffer>>;
}

export interface SealStatementCheck {
  /** The compact JWS that came with the stream ticket. */
  statement: string;
  /** The identity keys of the workers, as published. */
  workerKeys: { keys: Record<string, string>[] };
  sessionId: string;
}

/**
 * A channel to whoever holds the key that a published worker has signed for this session. Throws
 * SealError when the statement is not signed by one of them, or is another session's.
 */
export async function createViewerEnd(check: SealStatementCheck): Promise<ViewerEnd> {
  const { publicKey, ...scope } = await readStatement(check);
  const suite = createSuite();
  const context = await decodeKey(publicKey)
    .then((point) => suite.kem.deserializePublicKey(point))
    .then((recipientPublicKey) => suite.createSenderContext({ recipientPublicKey, info: infoOf(scope) }))
    .catch((cause: unknown) => {
      throw new SealError("the statement's key is not a key", { cause });
    });
  const downKey = await crypto.subtle.importKey(
    "raw",
    await context.export(downLabel, downKeyBytes),
    "AES-GCM",
    false,
    ["decrypt"],
  );
  const sealing = createInTurn();
  const opening = createInTurn();
  let received = 0n;
  let broken = false;
  return {
    offer: base64url.encode(new Uint8Array(context.enc)),
    seal: (message) => sealing(async () => new Uint8Array(await context.seal(new Uint8Array(message).buffer))),
    open: (sealed) =>
      opening(async () => {
        if (broken) throw new SealError("the channel is broken");
        try {
          const iv = nonceOf(received);
          received += 1n;
          return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, downKey, new Uint8Array(sealed)));
        } catch (cause) {
          broken = true;
          throw new SealError("a message is not what the worker sent next", { cause });
        }
      }),
  };
}

async function readStatement({ statement, workerKeys, sessionId }: SealStatementCheck) {
  let payload: unknown;
  try {
    const verified = await compactVerify(statement, createLocalJWKSet(workerKeys as JSONWebKeySet), {
      algorithms: ["ES256"],
    });
    if (verified.protectedHeader.typ !== statementType) throw new Error("another kind of statement");
    payload = JSON.parse(new TextDecoder().decode(verified.payload));
  } catch (cause) {
    throw new SealError("no published worker has signed this key", { cause });
  }
  const parsed = sealStatementSchema.safeParse(payload);
  if (!parsed.success || parsed.data.sessionId !== sessionId) throw new SealError("the key is another session's");
  return parsed.data;
}
