import type { FocusedField } from "@attestream/shared/viewer-protocol";

/** Keeps password managers away. */
const unmanaged = { "data-1p-ignore": true, "data-lpignore": "true", "data-bwignore": true } as const;

/**
 * How the hidden field that takes the keys presents itself to the viewer's browser: as the page's own
 * focused field, so that a phone shows the right keyboard and offers the right things. Its type is never
 * `email` or `number`: those trim their content and know no caret, and the content is our scratch.
 */
export function keyboardLook(field: FocusedField | null, viewer: { touch: boolean; wantsCode: boolean }) {
  const secret = field?.secret ?? false;
  const asked =
    field?.autocomplete === "off" && viewer.wantsCode && !field.multiline ? "one-time-code" : field?.autocomplete;
  // Where keys come one by one, what a browser offers to fill in would only be in their way. Nor may a
  // password be named as one: what is in here would be offered to be kept. It is filled in all the same.
  const autocomplete = viewer.touch && asked !== undefined && asked !== "current-password" ? asked : "off";
  return {
    // A password field keeps phone keyboards from learning and suggesting what is typed.
    type: secret && viewer.touch ? "password" : "text",
    inputMode: field?.inputMode ?? "text",
    enterkeyhint: field?.enterKeyHint ?? "go",
    autocapitalize: field?.autocapitalize ?? "off",
    autocomplete,
    autoCorrect: "off",
    spellcheck: false,
    ...(autocomplete === "off" ? unmanaged : {}),
  } as const;
}
