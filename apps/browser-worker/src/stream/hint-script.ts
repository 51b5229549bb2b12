/** Name of the isolated world and of the binding in it. The page's own scripts see neither. */
export const hintWorld = "attestream";
export const hintBinding = "attestreamHint";
/** Function in that world that takes what the user chose: number of the asking, index of the option. */
export const hintChoose = "attestreamChoose";

/**
 * Runs in every document, apart from the page: tells the worker which field has the focus, what the
 * cursor looks like, and which list the user wants to see: the browser's own would not be in the picture. Never reads what is in a field. Plain script text, since it is sent to the browser.
 */
export const hintScript = `(() => {
  const textTypes = new Set(["text", "password", "email", "tel", "url", "search", "number", "date", "time", "month", "week", "datetime-local"]);
  const inputModes = new Set(["none", "text", "decimal", "numeric", "tel", "search", "email", "url"]);
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
  const frameOffset = () => {
    let x = 0, y = 0;
    try {
      for (let view = window; view.frameElement; view = view.parent) {
        const box = view.frameElement.getBoundingClientRect();
        x += box.x + view.frameElement.clientLeft;
        y += box.y + view.frameElement.clientTop;
      }
    } catch {}
    return { x, y };
  };

  let lastFocus = "";
  const tellFocus = () => {
    const element = deepest(document.activeElement);
    let field = null;
    if (document.hasFocus() && isField(element)) {
      const box = element.getBoundingClientRect();
      const offset = frameOffset();
      field = {
        inputMode: modeOf(element),
        secret: element.type === "password",
        multiline: element instanceof HTMLTextAreaElement || element.isContentEditable === true,
        x: box.x + offset.x, y: box.y + offset.y, width: box.width, height: box.height,
      };
    } else if (element instanceof HTMLIFrameElement) return;
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

  const cut = (text) => (text ?? "").replace(/\\s+/g, " ").trim().slice(0, 200);
  const isMenu = (element) =>
    element instanceof HTMLSelectElement && !element.multiple && element.size < 2 && !element.matches(":disabled");
  const describe = (option, index) => {
    const group = option.parentElement instanceof HTMLOptGroupElement ? option.parentElement : null;
    return {
      index, label: cut(option.label), group: cut(group?.label), selected: option.selected,
      disabled: option.disabled || group?.disabled === true,
    };
  };
  let asked = 0;
  let menu = null;
  const ask = (event, element) => {
    event.preventDefault();
    element.focus();
    menu = element;
    const options = [...element.options].map((option, index) => ({ option, index }))
      .filter(({ option }) => getComputedStyle(option).display !== "none")
      .slice(0, 500).map(({ option, index }) => describe(option, index));
    const label = cut(element.getAttribute("aria-label") || element.labels?.[0]?.innerText);
    say({ kind: "select", number: ++asked, label, options });
  };
  addEventListener("mousedown", (event) => {
    const element = event.composedPath()[0];
    if (event.isTrusted && event.button === 0 && isMenu(element)) ask(event, element);
  }, true);
  addEventListener("keydown", (event) => {
    const element = event.composedPath()[0];
    const opens = event.key === " " || event.key === "F4" || (event.altKey && /^Arrow(Up|Down)$/.test(event.key));
    if (event.isTrusted && opens && isMenu(element)) ask(event, element);
  }, true);
  globalThis.${hintChoose} = (number, index) => {
    const element = number === asked ? menu : null;
    menu = null;
    if (!element?.isConnected || !element.options[index] || element.selectedIndex === index) return;
    element.selectedIndex = index;
    element.dispatchEvent(new Event("input", { bubbles: true, composed: true }));
    element.dispatchEvent(new Event("change", { bubbles: true }));
  };
})();`;
