import { useFrame } from "./frame-context.ts";

/** Only where a partner's page listens: it alone can take the frame away. */
export function CloseButton() {
  const { close, messages } = useFrame();
  if (!close) return null;
  return (
    <div class="actions">
      <button type="button" class="button button-main" onClick={close}>
        {messages.close}
      </button>
    </div>
  );
}
