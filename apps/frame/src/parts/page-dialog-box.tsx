import { useState } from "preact/hooks";
import type { PageDialog } from "@attestream/shared/viewer-protocol";
import { useFrame } from "./frame-context.ts";
import { Modal } from "./modal.tsx";

const longestAnswer = 2_000;

/** A JavaScript dialog of the live page. The page stands still until it is answered. */
export function PageDialogBox({ dialog, connected }: { dialog: PageDialog; connected: boolean }) {
  const { messages, send } = useFrame();
  const words = messages.live;
  const [text, setText] = useState(dialog.suggestion);
  // The very object that was answered: told of it again, the worker has not heard the answer.
  const [answered, setAnswered] = useState<PageDialog | null>(null);
  const busy = !connected || answered === dialog;
  const answer = (accepted: boolean) => {
    if (busy) return;
    setAnswered(dialog);
    send({
      type: "dialogReply",
      id: dialog.id,
      accepted,
      ...(accepted && dialog.kind === "prompt" ? { text } : {}),
    });
  };
  const leaving = dialog.kind === "leave";
  const title = leaving
    ? words.leaveTitle
    : dialog.kind === "alert"
      ? words.siteSays(dialog.host)
      : words.siteAsks(dialog.host);
  return (
    <Modal title="page-dialog-title" text="page-dialog-text" onEscape={() => answer(false)}>
      <form
        method="dialog"
        onSubmit={(event) => {
          event.preventDefault();
          answer(true);
        }}
      >
        <h2 id="page-dialog-title" class="dialog-host">
          {title}
        </h2>
        {/* Scrolls when it is long: then the keyboard must reach it. */}
        <p id="page-dialog-text" class="dialog-message" tabIndex={dialog.message.length > 300 ? 0 : undefined}>
          {leaving ? words.leaveText : dialog.message}
        </p>
        {dialog.kind === "prompt" && (
          <input
            class="dialog-field"
            aria-label={words.promptLabel}
            value={text}
            maxLength={longestAnswer}
            autoComplete="off"
            autoFocus
            onInput={(event) => setText(event.currentTarget.value)}
          />
        )}
        <div class="dialog-actions">
          {dialog.kind !== "alert" && (
            <button type="button" class="button button-quiet" disabled={busy} onClick={() => answer(false)}>
              {leaving ? words.stay : words.dialogCancel}
            </button>
          )}
          <button type="submit" class="button button-main" autoFocus={dialog.kind !== "prompt"} disabled={busy}>
            {leaving ? words.leave : words.dialogOk}
          </button>
        </div>
      </form>
    </Modal>
  );
}
