import { copyLimit } from "@attestream/shared/viewer-protocol";

/**
 * Part of the hint script: the browser's own clipboard is nobody's, so what is copied or cut is told to
 * the user's. Asked last, since a page may put something else into the clipboard; never out of a field
 * for secrets. Expects `say`.
 */
export const hintCopy = `
  const selected = (element) =>
    element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement
      ? element.value.slice(element.selectionStart ?? 0, element.selectionEnd ?? 0)
      : String(getSelection() ?? "");
  for (const type of ["copy", "cut"]) {
    let marked = "";
    const isSecret = (event) => event.composedPath()[0]?.type === "password";
    addEventListener(type, (event) => {
      marked = isSecret(event) ? "" : selected(event.composedPath()[0]);
    }, true);
    addEventListener(type, (event) => {
      if (!event.isTrusted || isSecret(event)) return;
      const text = event.defaultPrevented ? event.clipboardData.getData("text/plain") : marked;
      if (text !== "") say({ kind: "copied", text: text.slice(0, ${copyLimit}) });
    });
  }
`;
