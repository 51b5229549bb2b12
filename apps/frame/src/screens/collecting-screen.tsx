import type { FrameView } from "@attestream/shared/frame-api";
import { Notice } from "../parts/notice.tsx";
import { useFrame } from "../parts/frame-context.ts";

export function CollectingScreen({ view }: { view: FrameView }) {
  const { messages } = useFrame();
  const words = messages.collecting;
  return (
    <Notice
      tone="working"
      icon="document"
      progress={view.progress}
      title={words.title}
      text={words.text(view.platform.displayName)}
    >
      {view.consent.fields.length > 0 && (
        <ul class="chips" aria-label={words.list}>
          {view.consent.fields.map((field, index) => (
            <li key={field} class={`chip chip-busy chip-${index % 4}`}>
              {field}
            </li>
          ))}
        </ul>
      )}
      <progress class="sr-only" max={100} value={view.progress} aria-label={messages.progress(view.progress)} />
    </Notice>
  );
}
