import type { FrameView } from "@attestream/shared/frame-api";
import { Notice } from "../parts/notice.tsx";
import { useFrame } from "../parts/frame-context.ts";

export function VerifyingScreen({ view }: { view: FrameView }) {
  const { messages } = useFrame();
  return (
    <Notice
      tone="working"
      icon="pen"
      progress={view.progress}
      title={messages.verifying.title}
      text={messages.verifying.text(view.partner.name)}
    >
      <progress class="sr-only" max={100} value={view.progress} aria-label={messages.progress(view.progress)} />
    </Notice>
  );
}
