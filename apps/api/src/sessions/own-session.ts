import { AppError, sessionIdSchema } from "@attestream/shared";
import type { AuthenticatedPartner } from "../http/request-context.ts";
import type { SessionRow } from "../storage/schema.ts";
import type { SessionService } from "./session-service.ts";

/** The partner's session of this id. Another partner's, or one of the other mode, does not exist for it. */
export async function ownSession(
  sessions: Pick<SessionService, "get">,
  partner: AuthenticatedPartner,
  id: unknown,
): Promise<SessionRow> {
  const parsed = sessionIdSchema.safeParse(id);
  const session = parsed.success ? await sessions.get(parsed.data.toLowerCase()) : null;
  if (!session || session.partner_id !== partner.id || session.mode !== partner.mode)
    throw new AppError("session_not_found");
  return session;
}
