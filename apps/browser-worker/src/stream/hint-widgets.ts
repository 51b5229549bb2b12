/** Functions in the hint script's world that take what the user chose: number of the asking, index or value. */
export const hintChoose = "attestreamChoose";
export const hintSet = "attestreamSet";

/**
 * Part of the hint script: lists and pickers, which the browser draws in windows of its own. Opens none
 * of them, but tells what is wanted. What is in a field is read only when the user opens its widget. Any
 * click on a date opens it, as not only Chromium's small mark does elsewhere: that mark can be restyled
 * over the whole field. Expects `say`.
 */
export const hintWidgets = `
  const temporal = new Set(["date", "time", "month", "week", "datetime-local"]);
  const listed = new Set(["text", "search", "url", "tel", "email", "number"]);
  const markWidth = 24;
  const cut = (text, length = 200) => (text ?? "").replace(/\\s+/g, " ").trim().slice(0, length);
  const labelOf = (element) => cut(element.getAttribute("aria-label") || element.labels?.[0]?.innerText);

  const widgetOf = (element) => {
    if (element instanceof HTMLSelectElement)
      return !element.multiple && element.size < 2 && !element.matches(":disabled") ? "select" : null;
    if (!(element instanceof HTMLInputElement) || element.matches(":disabled")) return null;
    if (element.type === "color") return "color";
    if (element.readOnly) return null;
    if (temporal.has(element.type)) return "temporal";
    return listed.has(element.type) && element.list?.options.length > 0 ? "list" : null;
  };
  const describeOption = (option, index) => {
    const group = option.parentElement instanceof HTMLOptGroupElement ? option.parentElement : null;
    return {
      index, label: cut(option.label), group: cut(group?.label), selected: option.selected,
      disabled: option.disabled || group?.disabled === true,
    };
  };
  const optionsOf = (element) => [...element.options].map((option, index) => ({ option, index }))
    .filter(({ option }) => getComputedStyle(option).display !== "none")
    .slice(0, 500).map(({ option, index }) => describeOption(option, index));
  const suggestionsOf = (element) => {
    const all = [...element.list.options].map((option, index) => ({ value: option.value, label: option.label || option.value, index }));
    const typed = element.value.toLowerCase();
    const fitting = all.filter(({ value, label }) => (value + " " + label).toLowerCase().includes(typed));
    const isChosen = all.some(({ value }) => value === element.value);
    return (isChosen || fitting.length === 0 ? all : fitting).slice(0, 500)
      .map(({ value, label, index }) => ({ index, label: cut(label), group: "", disabled: false, selected: value === element.value }));
  };
  const describePicker = (element) => ({
    kind: element.type, label: labelOf(element), value: element.value.slice(0, 40),
    min: cut(element.min, 40), max: cut(element.max, 40), step: cut(element.step, 40),
    required: element.required || element.type === "color",
    suggestions: [...(element.list?.options ?? [])].map(({ value }) => value).filter((value) => value.length <= 40).slice(0, 100),
  });

  let asked = 0;
  let field = null;
  const ask = (event, element) => {
    event.preventDefault();
    element.focus();
    field = element;
    asked += 1;
    const widget = widgetOf(element);
    if (widget === "select") say({ kind: "select", number: asked, label: labelOf(element), options: optionsOf(element) });
    else if (widget === "list") say({ kind: "select", number: asked, label: labelOf(element), options: suggestionsOf(element) });
    else say({ kind: "picker", number: asked, field: describePicker(element) });
  };
  const isOnMark = (event, element) => {
    const box = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    const inner = style.direction === "rtl"
      ? event.clientX - box.left - parseFloat(style.paddingLeft)
      : box.right - event.clientX - parseFloat(style.paddingRight);
    return inner <= markWidth;
  };
  let pressed = null;
  addEventListener("mousedown", (event) => {
    const element = event.composedPath()[0];
    pressed = element;
    if (event.isTrusted && event.button === 0 && widgetOf(element) === "select") ask(event, element);
  }, true);
  addEventListener("click", (event) => {
    const element = event.composedPath()[0];
    const widget = widgetOf(element);
    const opens = widget === "color"
      || (event.isTrusted && pressed === element && (widget === "temporal" || (widget === "list" && isOnMark(event, element))));
    if (opens) ask(event, element);
  }, true);
  addEventListener("keydown", (event) => {
    const element = event.composedPath()[0];
    const widget = event.isTrusted ? widgetOf(element) : null;
    const isArrow = event.key === "ArrowUp" || event.key === "ArrowDown";
    const opens = event.key === "F4" || (event.altKey && isArrow);
    if (
      (widget === "select" && (opens || event.key === " ")) ||
      // Enter and Space open it where the mark has the focus, which cannot be seen from here.
      (widget === "temporal" && (opens || event.key === " " || event.key === "Enter")) ||
      (widget === "list" && (opens || (isArrow && element.type !== "number")))
    ) ask(event, element);
  }, true);

  const take = (number) => {
    const element = number === asked ? field : null;
    field = null;
    return element?.isConnected && widgetOf(element) !== null ? element : null;
  };
  const tellPage = (element) => {
    element.dispatchEvent(new Event("input", { bubbles: true, composed: true }));
    element.dispatchEvent(new Event("change", { bubbles: true }));
  };
  globalThis.${hintChoose} = (number, index) => {
    const element = take(number);
    if (element instanceof HTMLSelectElement) {
      if (!element.options[index] || element.selectedIndex === index) return;
      element.selectedIndex = index;
    } else {
      const value = element?.list?.options[index]?.value;
      if (value === undefined || element.value === value) return;
      element.value = value;
    }
    tellPage(element);
  };
  globalThis.${hintSet} = (number, value) => {
    const element = take(number);
    const before = element?.value;
    if (!element || before === value) return;
    element.value = value;
    const { rangeUnderflow, rangeOverflow, stepMismatch } = element.validity;
    // What the browser's own widget would not have let happen.
    if (element.value !== value || rangeUnderflow || rangeOverflow || stepMismatch) element.value = before;
    else tellPage(element);
  };
`;
