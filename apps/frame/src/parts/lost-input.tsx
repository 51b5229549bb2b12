import { useFrame } from "./frame-context.ts";

/** Says that the last keys did not reach the page: nobody but the user knows what they were. */
export function LostInput({ count }: { count: number }) {
  const { messages, session } = useFrame();
  return (
    <div class="popup-bar">
      <p role="alert">{messages.live.lostInput(count)}</p>
      <button
        type="button"
        class="button button-quiet"
        onClick={() => {
          session.dispatch({ type: "input.lost", count: 0 });
          document.querySelector<HTMLElement>(".keyboard-target")?.focus({ preventScroll: true });
        }}
      >
        {messages.live.dialogOk}
      </button>
    </div>
  );
}
