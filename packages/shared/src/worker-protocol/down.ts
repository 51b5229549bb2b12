import { z } from "zod";
import { disclosureSchema } from "../disclosure.ts";
import { sessionIdSchema } from "../ids.ts";
import { jsonSchema } from "../json.ts";

/** API -> worker. */
export const downMessageSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("registered"), heartbeatMs: z.int(), leaseMs: z.int() }),
  /** Take this session. Idempotent: the same (sessionId, epoch) again changes nothing. */
  z.strictObject({
    type: z.literal("assign"),
    sessionId: sessionIdSchema,
    epoch: z.int(),
    /** The platform file as parsed by `@attestream/workflow`; the worker parses it again. */
    platform: jsonSchema,
    /** Content hash of that file, pinned by the session. */
    platformHash: z.string(),
    loginUrl: z.url(),
    locale: z.string().optional(),
    /** What of the data may come up; the worker applies it (`applyDisclosure`) before it reports anything. */
    disclosure: disclosureSchema,
    /** The partner's, bound into evidence with the session. */
    nonce: z.string().max(255).optional(),
  }),
  /** The end user has agreed and is looking: load the tree and run it. */
  z.strictObject({ type: z.literal("tree.start"), sessionId: sessionIdSchema, epoch: z.int() }),
  /** End it and free the slot. `reason` is shown to the viewer by the close code only. */
  z.strictObject({
    type: z.literal("release"),
    sessionId: sessionIdSchema,
    epoch: z.int(),
    reason: z.enum(["finished", "failed", "cancelled", "terminated", "parked", "fenced"]),
  }),
  z.strictObject({ type: z.literal("report.acked"), sessionId: sessionIdSchema, epoch: z.int(), seq: z.int() }),
  z.strictObject({ type: z.literal("drain") }),
]);

export type DownMessage = z.infer<typeof downMessageSchema>;
export type ReleaseReason = Extract<DownMessage, { type: "release" }>["reason"];
