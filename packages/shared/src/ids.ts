import { z } from "zod";

export const sessionIdSchema = z.uuid();
export type SessionId = z.infer<typeof sessionIdSchema>;

export const workerIdSchema = z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/);
export type WorkerId = z.infer<typeof workerIdSchema>;
