import { Notice } from "../parts/notice.tsx";
import { useFrame } from "../parts/frame-context.ts";
import type { OpenState } from "../session/frame-state.ts";

/** The session goes on on another device: this one waits for the end, and takes it back when it is offered that. */
export function ElsewhereScreen({ state }: { state: OpenState }) {
  const { messages, session } = useFrame();
  const words = messages.elsewhere;
  const { offered } = state.view.handOver;
  return (
    <Notice
      tone="calm"
      icon="devices"
      title={words.title}
      text={words.text(state.view.partner.name)}
      progress={state.view.progress}
    >
      <p class="notice-next" role="status">
        {offered ? words.offered : words.back}
      </p>
      {state.failed === "takeBack" && (
        <p class="form-error" role="alert">
          {words.failed}
        </p>
      )}
      {offered && (
        <div class="actions">
          <button
            type="button"
            class="button button-main"
            disabled={state.pending === "takeBack"}
            onClick={() => void session.takeBack()}
          >
            {words.takeBack}
          </button>
        </div>
      )}
    </Notice>
  );
}
