import type { Check } from "./check.ts";
import { accessChecks } from "./checks/access.ts";
import { createChecks } from "./checks/create.ts";
import { getChecks } from "./checks/get.ts";
import { idempotencyChecks } from "./checks/idempotency.ts";
import { keyRotationChecks } from "./checks/key-rotation.ts";
import { lifecycleChecks } from "./checks/lifecycle.ts";
import { listChecks } from "./checks/list.ts";
import { platformChecks } from "./checks/platforms.ts";
import { rateLimitChecks } from "./checks/rate-limits.ts";
import { requestChecks } from "./checks/requests.ts";
import { sessionFieldChecks } from "./checks/session-fields.ts";
import { sessionOperationChecks } from "./checks/session-operations.ts";
import { webhookDeliveryChecks } from "./checks/webhook-deliveries.ts";
import { webhookUrlChecks } from "./checks/webhook-url.ts";

/** The contract as checks, in the order of its chapters. */
export const allChecks: readonly Check[] = [
  ...accessChecks,
  ...requestChecks,
  ...platformChecks,
  ...createChecks,
  ...webhookUrlChecks,
  ...getChecks,
  ...listChecks,
  ...lifecycleChecks,
  ...sessionFieldChecks,
  ...idempotencyChecks,
  ...sessionOperationChecks,
  ...webhookDeliveryChecks,
  ...keyRotationChecks,
  ...rateLimitChecks,
];

/** As a table in Markdown. */
export function checkTable(checks: readonly Check[] = allChecks): string {
  const rows = checks.map(
    ({ section, rule }, index) => `| ${index + 1} | ${section} | ${rule.replaceAll("|", "\\|")} |`,
  );
  return ["| | chapter | rule |", "|---|---|---|", ...rows].join("\n");
}
