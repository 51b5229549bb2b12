import type { Operation } from "./operation.ts";
import { serverOperations } from "./server-operations.ts";
import { sessionOperations } from "./session-operations.ts";
import { webhookOperations } from "./webhook-operations.ts";

/** Every operation that partners and operators may rely on. The OpenAPI document and /docs are made of it; add new routes to its parts. */
export const operations: readonly Operation[] = [...sessionOperations, ...webhookOperations, ...serverOperations];
