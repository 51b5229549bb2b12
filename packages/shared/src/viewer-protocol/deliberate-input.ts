import type { ViewerMessage } from "./viewer-message.ts";

/** What a user would miss if it were lost: a key, a text, a press. Both ends count it. */
export function isDeliberate(message: ViewerMessage): boolean {
  switch (message.type) {
    case "key":
    case "pointer":
      return message.action === "down";
    case "touch":
      return message.action === "start";
    default:
      return message.type === "text";
  }
}
