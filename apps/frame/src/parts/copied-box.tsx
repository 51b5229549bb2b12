import { useRef, useState } from "preact/hooks";
import { useFrame } from "./frame-context.ts";
import { Modal } from "./modal.tsx";

/** What the page copied and this browser did not let into the clipboard by itself: the user copies it by hand. */
export function CopiedBox({ text }: { text: string }) {
  const { messages, session } = useFrame();
  const words = messages.live;
  const textRef = useRef<HTMLTextAreaElement>(null);
  const [refused, setRefused] = useState(false);
  const dismiss = () => session.dispatch({ type: "copied.dismissed" });
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      dismiss();
    } catch {
      textRef.current?.select();
      setRefused(true);
    }
  };
  return (
    <Modal title="copied-title" text="copied-text" onEscape={dismiss}>
      <h2 id="copied-title">{words.copiedTitle}</h2>
      <p id="copied-text">{words.copiedText}</p>
      <textarea ref={textRef} class="dialog-field" aria-label={words.copiedTitle} readOnly rows={4} value={text} />
      {refused && (
        <p class="form-error" role="alert">
          {words.copiedRefused}
        </p>
      )}
      <div class="dialog-actions">
        <button type="button" class="button button-quiet" onClick={dismiss}>
          {words.copiedClose}
        </button>
        <button type="button" class="button button-main" autoFocus onClick={() => void copy()}>
          {words.copiedCopy}
        </button>
      </div>
    </Modal>
  );
}
