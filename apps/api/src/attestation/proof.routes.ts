import express from "express";
import { attestorsRoute } from "../attestors/attestors.routes.ts";
import type { AttestorKeys } from "../attestors/attestor-keys.ts";
import type { BbsKeys } from "../credentials/bbs-keys.ts";
import { bbsKeysRoute } from "../credentials/credential.routes.ts";
import type { AttestationLog } from "../log/attestation-log.ts";
import { createLogRoutes } from "../log/log.routes.ts";
import { statusListRoute } from "../revocation/status-list.routes.ts";
import type { StatusLists } from "../revocation/status-lists.ts";

/** What anybody needs besides the signing keys to check an attestation: attestors' keys, the log, who is revoked. */
export function createProofRoutes(deps: {
  attestationLog: AttestationLog;
  statuses: StatusLists;
  attestors: AttestorKeys;
  bbsKeys: Pick<BbsKeys, "published">;
}): express.Router {
  const router = express.Router();
  router.get("/.well-known/attestors.json", attestorsRoute(deps.attestors));
  router.get("/.well-known/bbs-keys.json", bbsKeysRoute(deps.bbsKeys));
  router.get("/status-lists/:id", statusListRoute(deps.statuses));
  router.use(createLogRoutes(deps.attestationLog));
  return router;
}
