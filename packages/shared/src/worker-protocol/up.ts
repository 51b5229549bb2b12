import { z } from "zod";
import { sessionIdSchema, workerIdSchema } from "../ids.ts";
import { egressReportSchema } from "./egress-report.ts";
import { isolationLevelSchema } from "./isolation-level.ts";
import { sessionReportSchema } from "./session-report.ts";

const heldSessionSchema = z.strictObject({ sessionId: sessionIdSchema, epoch: z.int() });

/** Worker -> API, after the handshake. The first message must be `register`. */
export const upMessageSchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("register"),
    workerId: workerIdSchema,
    /** `host:port` at which the API reaches this worker's viewer endpoint. */
    address: z.string().regex(/^[^/\s]+:\d{1,5}$/),
    /** How many sessions it can hold at once. */
    capacity: z.int().min(1).max(10_000),
    isolationLevel: isolationLevelSchema,
    browser: z.strictObject({ product: z.string(), version: z.string() }),
    /** Public key (JWK, ES256) with which this process signs its sessions' sealing keys. The API publishes it. */
    identityKey: z.record(z.string(), z.string()),
    /** Sessions that still live in this worker, after its link or the API was lost. */
    held: z.array(heldSessionSchema),
  }),
  z.strictObject({
    type: z.literal("heartbeat"),
    /** Warm browsers that could take a session at once. */
    warm: z.int().min(0),
    held: z.array(heldSessionSchema),
  }),
  /** Sent again, in order, until `report.acked` has its seq; idempotent by (sessionId, epoch, seq). seq starts at 1. */
  z.strictObject({
    type: z.literal("report"),
    sessionId: sessionIdSchema,
    epoch: z.int(),
    seq: z.int().min(1),
    at: z.iso.datetime(),
    report: sessionReportSchema,
  }),
  /** The slot is free again and everything of the session is gone. */
  z.strictObject({
    type: z.literal("released"),
    sessionId: sessionIdSchema,
    epoch: z.int(),
    /** Not there when it had no browser, or was gone long since. */
    egress: egressReportSchema.optional(),
  }),
  /** After `drain`: the last session has ended. */
  z.strictObject({ type: z.literal("drained") }),
]);

export type UpMessage = z.infer<typeof upMessageSchema>;
