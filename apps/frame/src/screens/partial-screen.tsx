import type { FrameView } from "@attestream/shared/frame-api";
import { CloseButton } from "../parts/close-button.tsx";
import { FinePrint } from "../parts/fine-print.tsx";
import { Notice } from "../parts/notice.tsx";
import { useFrame } from "../parts/frame-context.ts";

export function PartialScreen({ view }: { view: FrameView }) {
  const { messages } = useFrame();
  const partner = view.partner.name;
  return (
    <Notice
      tone="attention"
      icon="check"
      progress={80}
      title={messages.partial.title}
      text={messages.partial.text(partner)}
      fine={<FinePrint view={view} />}
    >
      {view.reason && (
        <p class="said">{messages.outcomes(view.platform.displayName, partner)[view.reason.code].title}</p>
      )}
      <p class="notice-next">{messages.partial.next(partner)}</p>
      <CloseButton />
    </Notice>
  );
}
