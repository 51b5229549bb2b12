import { accessCheck } from "./access/access-check.ts";
import { addressesCheck } from "./addresses/addresses-check.ts";
import { bombsCheck } from "./bombs/bombs-check.ts";
import { costCheck } from "./cost/cost-check.ts";
import { egressCheck } from "./egress/egress-check.ts";
import { framesCheck } from "./frames/frames-check.ts";
import { killCheck } from "./kill/kill-check.ts";
import type { Check } from "./report/check.ts";
import { requestsCheck } from "./requests/requests-check.ts";
import { sandboxCheck } from "./sandbox/sandbox-check.ts";
import { secretsCheck } from "./secrets/secrets-check.ts";
import { slowCheck } from "./slow/slow-check.ts";
import { tokenRaces } from "./tokens/token-races.ts";
import { viewerMatrix } from "./tokens/viewer-matrix.ts";

/** In the order in which they run. */
export const allChecks: readonly Check[] = [
  sandboxCheck,
  egressCheck,
  addressesCheck,
  tokenRaces,
  viewerMatrix,
  accessCheck,
  requestsCheck,
  framesCheck,
  slowCheck,
  bombsCheck,
  secretsCheck,
  killCheck,
  costCheck,
];
