import type { OpenState } from "../session/frame-state.ts";
import { useFrame } from "./frame-context.ts";
import { Modal } from "./modal.tsx";

export function CancelDialog({ state }: { state: OpenState }) {
  const { messages, session } = useFrame();
  const busy = state.pending === "cancel";
  const dismiss = () => session.dispatch({ type: "cancel.dismissed" });
  return (
    <Modal title="cancel-title" text="cancel-text" onEscape={() => busy || dismiss()}>
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
    </Modal>
  );
}
