import type { ViewerMessage } from "@attestream/shared/viewer-protocol";
import type { Point } from "./pointer-mapping.ts";

export type TouchMessage = Extract<ViewerMessage, { type: "touch" }>;

/** Fingers on the glass, from pointer events to touch messages, which always tell all that are still down. */
export function createTouchPoints(): (
  action: TouchMessage["action"],
  id: number,
  point: Point,
  modifiers: number,
) => TouchMessage {
  const points = new Map<number, Point>();
  return (action, id, point, modifiers) => {
    if (action === "end" || action === "cancel") points.delete(id);
    else if (points.has(id) || points.size < 10) points.set(id, point);
    return {
      type: "touch",
      action,
      points: [...points].map(([pointId, { x, y }]) => ({ id: pointId, x, y })),
      modifiers,
    };
  };
}
