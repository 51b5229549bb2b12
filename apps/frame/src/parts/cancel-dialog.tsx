import { useLayoutEffect, useRef } from "preact/hooks";
import type { OpenState } from "../session/frame-state.ts";
import { useFrame } from "./frame-context.ts";

/** A native modal: the browser keeps the focus in it, and closes it on Escape. */
export function CancelDialog({ state }: { state: OpenState }) {
  const { messages, session } = useFrame();
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
  const busy = state.pending === "cancel";
  const dismiss = () => session.dispatch({ type: "cancel.dismissed" });
  return (
    <dialog
      ref={dialog}
      class="dialog"
      aria-labelledby="cancel-title"
      aria-describedby="cancel-text"
      onCancel={(event) => {
        event.preventDefault();
        if (!busy) dismiss();
      }}
    >
      <h2 id="cancel-title">{messages.cancel.title}</h2>
      <p id="cancel-text">{messages.cancel.text(state.view.partner.name)}</p>
      {state.failed === "cancel" && (
        <p class="form-error" role="alert">
          {messages.cancel.failed}
        </p>
      )}
      <div class="dialog-actions">
        <button type="button" class="button button-main" autoFocus disabled={busy} onClick={dismiss}>
          {messages.cancel.no}
        </button>
        <button type="button" class="button button-danger" disabled={busy} onClick={() => void session.cancel()}>
          {busy ? messages.cancel.yesBusy : messages.cancel.yes}
        </button>
      </div>
    </dialog>
  );
}
