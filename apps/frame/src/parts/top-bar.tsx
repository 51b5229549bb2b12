import type { ComponentChildren } from "preact";
import type { SessionStatus } from "@attestream/shared";
import type { FrameView } from "@attestream/shared/frame-api";
import { useFrame } from "./frame-context.ts";
import { Icon } from "./icon.tsx";
import { PlatformMark } from "./platform-mark.tsx";
import { Steps } from "./steps.tsx";

/** Ended on the way: there is no next step to show. */
const stopped: readonly SessionStatus[] = ["ERROR", "CANCELLED", "TERMINATED"];

export function TopBar({
  view,
  children,
  cancellable,
  movable,
}: {
  view: FrameView;
  children?: ComponentChildren;
  cancellable: boolean;
  /** It may go on on another device. */
  movable: boolean;
}) {
  const { messages, session } = useFrame();
  return (
    <header class="top-bar">
      <div class="top-row">
        <PlatformMark name={view.platform.displayName} icon={view.platform.icon} />
        <p class="top-names">
          <strong>{view.platform.displayName}</strong>
          <span>{messages.partnerAsks(view.partner.name)}</span>
        </p>
        {children}
        {movable && (
          <button
            type="button"
            class="button button-quiet top-move"
            title={messages.handOver.button}
            aria-label={messages.handOver.button}
            onClick={() => session.dispatch({ type: "handOver.asked" })}
          >
            <Icon name="devices" />
          </button>
        )}
        {cancellable && (
          <button
            type="button"
            class="button button-quiet top-cancel"
            onClick={() => session.dispatch({ type: "cancel.asked" })}
          >
            {messages.cancel.button}
          </button>
        )}
      </div>
      {stopped.includes(view.status) ? <div class="steps-none" /> : <Steps view={view} messages={messages} />}
    </header>
  );
}
