import { PopupBar } from "../parts/popup-bar.tsx";
import { PageReader } from "../parts/page-reader.tsx";
import { PageQuestions } from "../parts/page-questions.tsx";
import { ConnectionMark, HostPill } from "../parts/host-pill.tsx";
import { LostInput } from "../parts/lost-input.tsx";
import { TurnPanel } from "../parts/turn-panel.tsx";
import { Stage } from "../parts/stage.tsx";
import { useFrame } from "../parts/frame-context.ts";
import type { OpenState } from "../session/frame-state.ts";

/** The platform's own page, live, with what the user is asked above it. */
export function LiveScreen({ state }: { state: OpenState }) {
  const { messages } = useFrame();
  return (
    <section class="live">
      <h1 class="sr-only" tabIndex={-1}>
        {messages.live.label(state.view.platform.displayName)}
      </h1>
      <TurnPanel
        challenge={state.page.challenge}
        open={state.page.control}
        connected={state.stream.link === "connected"}
      />
      <PageReader state={state} />
      <div class="window">
        <div class="window-bar">
          <HostPill page={state.page} />
          <p class="escape-hint" aria-hidden="true">
            <kbd>{messages.live.escapeKey}</kbd> <kbd>{messages.live.escapeKey}</kbd> {messages.live.escapeHint}
          </p>
          <ConnectionMark state={state} />
        </div>
        {state.page.lostInput > 0 && <LostInput count={state.page.lostInput} />}
        {state.page.popup && <PopupBar belowHost={state.page.popup.belowHost} open={state.page.control} />}
        <Stage state={state} />
      </div>
      <PageQuestions state={state} />
    </section>
  );
}
