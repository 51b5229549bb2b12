import { Notice } from "../parts/notice.tsx";
import { roughTime } from "../parts/time-text.ts";
import { useFrame } from "../parts/frame-context.ts";
import type { FrameView } from "@attestream/shared/frame-api";
import type { WaitingFor } from "../session/current-screen.ts";

export function WaitingScreen({ view, waitingFor }: { view: FrameView; waitingFor: WaitingFor }) {
  const { messages, locale } = useFrame();
  const words = messages.waiting;
  switch (waitingFor) {
    case "queue": {
      const position = view.queue?.position ?? 1;
      const estimateMs = view.queue?.estimateMs ?? null;
      return (
        <Notice tone="calm" icon="clock" title={words.queue.title(position)} text={words.queue.text}>
          <QueueDots position={position} />
          <p class="pill">
            {estimateMs === null ? words.queue.noEstimate : words.queue.estimate(roughTime(estimateMs, locale))}
          </p>
        </Notice>
      );
    }
    case "browser":
      return <Notice tone="working" icon="browser" title={words.browser.title} text={words.browser.text} />;
    case "stream":
      return <Notice tone="working" icon="play" title={words.stream.title} text={words.stream.text} />;
    case "site":
      return (
        <Notice
          tone="working"
          icon="browser"
          title={words.site.title(view.platform.displayName)}
          text={words.site.text}
        />
      );
  }
}

/** The line in front of the user; a long one is cut. */
function QueueDots({ position }: { position: number }) {
  const shown = Math.min(position, 7);
  return (
    <p class="queue-dots" aria-hidden="true">
      {position > shown && <span class="queue-more">+{position - shown}</span>}
      {Array.from({ length: shown }, (_, index) => (
        <span key={index} class={index === shown - 1 ? "dot dot-you" : "dot"} />
      ))}
    </p>
  );
}
