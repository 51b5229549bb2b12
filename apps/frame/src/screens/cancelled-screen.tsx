import type { FrameView } from "@attestream/shared/frame-api";
import { CloseButton } from "../parts/close-button.tsx";
import { FinePrint } from "../parts/fine-print.tsx";
import { Notice } from "../parts/notice.tsx";
import { useFrame } from "../parts/frame-context.ts";

/** Ended by the user's own decision: cancelled later, or declined at the start. */
export function CancelledScreen({ view, declined }: { view: FrameView; declined: boolean }) {
  const { messages } = useFrame();
  const words = declined ? messages.declined : messages.cancelled;
  return (
    <Notice
      tone="quiet"
      icon="minus"
      title={words.title}
      text={words.text(view.partner.name)}
      fine={<FinePrint view={view} />}
    >
      <p class="notice-next">{words.next(view.partner.name)}</p>
      <CloseButton />
    </Notice>
  );
}
