import { workerCloseCodes } from "@attestream/shared/worker-protocol";

export type CloseDecision = { then: "stop"; reason: string } | { then: "back off" } | { then: "register again" };

const stopReasons = new Map<number, string>([
  [
    workerCloseCodes.unauthorized,
    "The API does not accept this WORKER_TOKEN. Give the worker and the API the same one, and run the same release of both.",
  ],
  [
    workerCloseCodes.protocolMismatch,
    "The API speaks another version of the worker protocol. Run worker and API of the same release.",
  ],
  [
    workerCloseCodes.isolationTooLow,
    "The API takes no worker at this isolation level (its MIN_ISOLATION). Mend what keeps this worker from a higher one, as told above, or lower the API's setting.",
  ],
  [
    workerCloseCodes.badMessage,
    "The API could not read a message of this worker. Run worker and API of the same release.",
  ],
]);

/** The API is there and may do better later: it stops, it has another link, or what answered was not the API. */
const backOffCodes = new Set<number>([
  workerCloseCodes.superseded,
  workerCloseCodes.apiStopping,
  workerCloseCodes.apiUnproven,
]);

/** What a lost control link means. Any code that the protocol does not name is an ordinary loss: register again. */
export function decideOnClose(code: number): CloseDecision {
  const reason = stopReasons.get(code);
  if (reason !== undefined) return { then: "stop", reason };
  if (backOffCodes.has(code)) return { then: "back off" };
  return { then: "register again" };
}
