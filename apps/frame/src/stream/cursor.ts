const known = new Set([
  "default", "pointer", "text", "vertical-text", "wait", "progress", "help", "move", "grab", "grabbing", "crosshair", "cell",
  "copy", "alias", "context-menu", "not-allowed", "no-drop", "all-scroll", "zoom-in", "zoom-out", "none",
  "col-resize", "row-resize", "n-resize", "e-resize", "s-resize", "w-resize", "ne-resize", "nw-resize", "se-resize", "sw-resize",
  "ew-resize", "ns-resize", "nesw-resize", "nwse-resize",
]);

/** A page's cursor, if it is a plain shape. `none` is not let through: a page must not hide the user's pointer. */
export function safeCursor(cursor: string): string {
  return cursor !== "none" && known.has(cursor) ? cursor : "default";
}
