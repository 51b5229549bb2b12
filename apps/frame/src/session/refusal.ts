import type { Refusal } from "./frame-state.ts";

/** API error codes after which trying again by itself makes no sense, and what the user is told. */
const refusals: Record<string, Refusal> = {
  embed_token_invalid: "linkInvalid",
  embed_token_used: "linkUsed",
  session_held: "heldElsewhere",
  session_not_found: "notFound",
  not_found: "notFound",
  session_over: "over",
  viewer_unknown: "holdLost",
  invalid_request: "linkInvalid",
  invalid_json: "linkInvalid",
  origin_refused: "linkInvalid",
};

/** Null: worth another try. */
export function refusalOf(code: string): Refusal | null {
  return refusals[code] ?? null;
}
