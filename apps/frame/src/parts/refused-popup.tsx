import { useFrame } from "./frame-context.ts";
import { Modal } from "./modal.tsx";

/** Tells why a window of the page came and went: it led out of the platform. */
export function RefusedPopup({ host, platform }: { host: string; platform: string }) {
  const { messages, session } = useFrame();
  const words = messages.live;
  const dismiss = () => session.dispatch({ type: "refusedPopup.dismissed" });
  return (
    <Modal title="refused-title" text="refused-text" onEscape={dismiss}>
      <h2 id="refused-title">{words.refusedTitle}</h2>
      <p id="refused-text" class="dialog-host">
        {words.refusedText(host, platform)}
      </p>
      <div class="dialog-actions">
        <button type="button" class="button button-main" autoFocus onClick={dismiss}>
          {words.refusedOk}
        </button>
      </div>
    </Modal>
  );
}
