import { z } from "zod";
import { challengeKinds } from "./challenge.ts";
import { errorCodeSchema } from "./error-codes.ts";
import { sessionIdSchema } from "./ids.ts";
import { sessionStatusSchema, terminalStatuses } from "./statuses.ts";

/**
 * postMessage between the frame and the partner's page. Never to "*", never with personal data: the
 * frame answers to the checked origin of the partner's `init`, and both sides check origin and source.
 */
export const embedNamespace = "attestream";
export const embedVersion = 1;

const base = {
  ns: z.literal(embedNamespace),
  v: z.literal(embedVersion),
  id: z.string().max(64),
  sessionId: sessionIdSchema,
  /** Unix time, milliseconds. */
  ts: z.number(),
};

function message<T extends string, P extends z.ZodType>(type: T, payload: P) {
  return z.strictObject({ ...base, type: z.literal(type), payload });
}

const nothing = z.strictObject({});

/** Frame -> partner's page. */
export const frameMessageSchema = z.discriminatedUnion("type", [
  message("ready", nothing),
  message("opened", nothing),
  message(
    "status",
    z.strictObject({ previous: sessionStatusSchema.nullable(), status: sessionStatusSchema, progress: z.int() }),
  ),
  message("challenge", z.strictObject({ kind: z.enum(challengeKinds), expiresAt: z.iso.datetime() })),
  message("challenge.resolved", nothing),
  message("login.succeeded", nothing),
  message(
    "error",
    z.strictObject({ code: errorCodeSchema, category: z.string(), retriable: z.boolean(), final: z.boolean() }),
  ),
  message("expiring", z.strictObject({ kind: z.enum(["challenge", "session"]), deadline: z.iso.datetime() })),
  message("connection", z.strictObject({ state: z.enum(["connecting", "connected", "reconnecting", "lost"]) })),
  message("resize", z.strictObject({ height: z.int() })),
  message("finished", z.strictObject({ status: z.enum(terminalStatuses) })),
  message(
    "closed",
    z.strictObject({ reason: z.enum(["user", "partner", "finished"]), lastStatus: sessionStatusSchema.nullable() }),
  ),
]);

/** Partner's page -> frame. */
export const parentMessageSchema = z.discriminatedUnion("type", [
  message(
    "init",
    z.strictObject({ locale: z.string().max(35).optional(), theme: z.enum(["light", "dark", "auto"]).optional() }),
  ),
  message("focus", nothing),
  message("close", nothing),
]);

export type FrameMessage = z.infer<typeof frameMessageSchema>;
export type ParentMessage = z.infer<typeof parentMessageSchema>;
