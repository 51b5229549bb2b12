import type { FrameView } from "@attestream/shared/frame-api";
import { CloseButton } from "../parts/close-button.tsx";
import { FinePrint } from "../parts/fine-print.tsx";
import { Icon } from "../parts/icon.tsx";
import { Notice } from "../parts/notice.tsx";
import { useFrame } from "../parts/frame-context.ts";

export function CompletedScreen({ view }: { view: FrameView }) {
  const { messages } = useFrame();
  return (
    <Notice
      tone="done"
      icon="check"
      progress={100}
      title={messages.completed.title}
      text={messages.completed.text(view.partner.name)}
      fine={<FinePrint view={view} />}
    >
      {view.consent.fields.length > 0 && (
        <ul class="chips" aria-label={messages.completed.shared}>
          {view.consent.fields.map((field) => (
            <li key={field} class="chip chip-done">
              <Icon name="check" />
              {field}
            </li>
          ))}
        </ul>
      )}
      <CloseButton />
    </Notice>
  );
}
