import { z } from "zod";
import { disclosureSchema } from "../disclosure.ts";
import { jsonSchema } from "../json.ts";

export const sha256HexSchema = z.string().regex(/^[0-9a-f]{64}$/);
/** Of an attestor's connection. */
export const connectionIdSchema = z.string().regex(/^[0-9a-f]{32}$/);
export const requestIdSchema = z.int().min(1);
/** A TLS secret of SHA-256 or SHA-384, or a key; base64url. */
const secretSchema = z.string().regex(/^[A-Za-z0-9_-]{16,64}$/);

const trafficKeySchema = z.strictObject({ key: secretSchema, iv: secretSchema });

/** Worker -> attestor, after the handshake. What has an id is answered, once, with the same id. */
export const attestorUpMessageSchema = z.discriminatedUnion("type", [
  /** A ticket to connect to this address, once, for a session: its binding, not its id. */
  z.strictObject({
    type: z.literal("ticket.asked"),
    id: requestIdSchema,
    session: sha256HexSchema,
    host: z.string().min(1).max(253),
    address: z.string().min(2).max(45),
    port: z.int().min(1).max(65_535),
  }),
  /** Before anything that the browser encrypts is let through: the hash of the server's two traffic secrets. */
  z.strictObject({ type: z.literal("secrets.committed"), connection: connectionIdSchema, commitment: sha256HexSchema }),
  /** Evidence of one part of a tree, from the response with this body. */
  z.strictObject({
    type: z.literal("evidence.asked"),
    id: requestIdSchema,
    session: sha256HexSchema,
    connection: connectionIdSchema,
    secrets: z.strictObject({ handshake: secretSchema, application: secretSchema }),
    /** Replay mode: what was sent before the secret headers, and after them. */
    clientKeys: z.strictObject({ request: trafficKeySchema, end: trafficKeySchema }).optional(),
    part: z.string().min(1).max(100),
    bodySha256: sha256HexSchema,
    platform: jsonSchema,
    platformHash: sha256HexSchema,
    disclosure: disclosureSchema.optional(),
  }),
  /** Nothing of it is asked for any more. */
  z.strictObject({ type: z.literal("session.forgotten"), session: sha256HexSchema }),
]);

export type AttestorUpMessage = z.infer<typeof attestorUpMessageSchema>;
export type EvidenceAsked = Extract<AttestorUpMessage, { type: "evidence.asked" }>;

/** A platform file is the largest part of a message. */
export const maxAttestorMessageBytes = 1024 * 1024;
