import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

/** A native modal: the browser keeps the focus in it. `title` and `text` are the ids of what names and describes it. */
export function Modal({
  title,
  text,
  onEscape,
  children,
}: {
  title: string;
  text?: string;
  onEscape(): void;
  children: ComponentChildren;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const element = dialog.current;
    const before = document.activeElement;
    element?.showModal();
    return () => {
      element?.close();
      // By then the dialog may be out of the document, where closing gives no focus back.
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      class="dialog"
      aria-labelledby={title}
      aria-describedby={text}
      onCancel={(event) => {
        // A file input's own `cancel` bubbles up to here.
        if (event.target !== dialog.current) return;
        event.preventDefault();
        onEscape();
      }}
      // Escape, pressed twice, closes a modal whatever we say: it goes the same way as once.
      onKeyDown={(event) => {
        if (event.key !== "Escape" || event.isComposing) return;
        event.preventDefault();
        onEscape();
      }}
    >
      {children}
    </dialog>
  );
}
