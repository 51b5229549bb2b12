import { autofillTokens } from "@attestream/shared";
import { hintCopy } from "./hint-copy.ts";
import { hintWidgets } from "./hint-widgets.ts";

/** Name of the isolated world and of the binding in it. The page's own scripts see neither. */
export const hintWorld = "attestream";
export const hintBinding = "attestreamHint";

/**
 * Runs in every document, apart from the page: tells the worker which field has the focus, where in its
 * frame, what the cursor looks like, and which widget the user wants to see: the browser's own would not
 * be in the picture. Plain script text, since it is sent to the browser.
 */
export const hintScript = `(() => {
  const textTypes = new Set(["text", "password", "email", "tel", "url", "search", "number", "date", "time", "month", "week", "datetime-local"]);
  const inputModes = new Set(["none", "text", "decimal", "numeric", "tel", "search", "email", "url"]);
  const enterHints = new Set(["enter", "done", "go", "next", "previous", "search", "send"]);
  const capitals = new Set(["characters", "words", "sentences"]);
  const fillable = new Set(${JSON.stringify(autofillTokens)});
  const say = (hint) => globalThis.${hintBinding}?.(JSON.stringify(hint));

  const deepest = (element) => {
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    return element;
  };
  const isField = (element) =>
    element instanceof HTMLTextAreaElement || element?.isContentEditable === true || (element instanceof HTMLInputElement && textTypes.has(element.type));
  const modeOf = (element) => {
    const asked = element.inputMode || element.getAttribute("inputmode") || "";
    if (inputModes.has(asked)) return asked;
    if (["email", "tel", "url", "search"].includes(element.type)) return element.type;
    return element.type === "number" ? "decimal" : "text";
  };

  const fillOf = (element) => {
    const tokens = (element.getAttribute("autocomplete") ?? "").toLowerCase().split(/\\s+/).filter((token) => token !== "webauthn");
    return fillable.has(tokens.at(-1)) ? tokens.at(-1) : "off";
  };
  const describeField = (element) => {
    const box = element.getBoundingClientRect();
    const multiline = element instanceof HTMLTextAreaElement || element.isContentEditable === true;
    return {
      inputMode: modeOf(element),
      secret: element.type === "password",
      multiline,
      enterKeyHint: enterHints.has(element.enterKeyHint) ? element.enterKeyHint : multiline ? "enter" : "go",
      autocapitalize: capitals.has(element.autocapitalize) ? element.autocapitalize : "off",
      autocomplete: fillOf(element),
      x: box.x, y: box.y, width: box.width, height: box.height,
    };
  };

  let lastFocus = "";
  const tellFocus = () => {
    const element = deepest(document.activeElement);
    const field = document.hasFocus() && isField(element) ? describeField(element) : null;
    // A frame that never had the focus has nothing to take back.
    if (field === null && lastFocus === "" && window !== top) return;
    const text = JSON.stringify(field);
    if (text === lastFocus) return;
    lastFocus = text;
    say({ kind: "focus", field });
  };
  const soon = () => requestAnimationFrame(tellFocus);
  addEventListener("focusin", soon, true);
  addEventListener("focusout", soon, true);
  addEventListener("resize", soon);
  addEventListener("scroll", soon, { capture: true, passive: true });
  document.addEventListener("DOMContentLoaded", soon);

  let lastCursor = "";
  addEventListener("pointermove", (event) => {
    const element = event.composedPath()[0];
    if (!(element instanceof Element)) return;
    let cursor = getComputedStyle(element).cursor;
    if (cursor.includes("url(")) cursor = cursor.split(",").at(-1).trim();
    if (cursor === "auto") cursor = isField(element) ? "text" : "default";
    if (cursor === lastCursor || !/^[a-z-]{1,32}$/.test(cursor)) return;
    lastCursor = cursor;
    say({ kind: "cursor", cursor });
  }, { capture: true, passive: true });
  // In another frame the cursor may have become something else meanwhile.
  addEventListener("pointerout", (event) => {
    if (event.relatedTarget === null) lastCursor = "";
  }, { capture: true, passive: true });
${hintWidgets}${hintCopy}})();`;
