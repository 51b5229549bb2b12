import type { Operation } from "./operation.ts";
import { proofOperations } from "./proof-operations.ts";
import { serverOperations } from "./server-operations.ts";
import { sessionOperations } from "./session-operations.ts";
import { webhookOperations } from "./webhook-operations.ts";

const described = [...sessionOperations, ...webhookOperations, ...proofOperations, ...serverOperations] as const;

type PartnerOperation = Extract<(typeof described)[number], { partner: true }>;

/** Names what needs an API key. The server answers these and no others: see `PartnerRoutes`. */
export type PartnerOperationId = PartnerOperation["id"];

/** Every operation that partners and operators may rely on. The OpenAPI document, /docs and the partner's routes are made of it. */
export const operations: readonly Operation[] = described;

export const partnerOperations: readonly PartnerOperation[] = described.filter((operation) => operation.partner);
