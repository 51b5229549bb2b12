import { Notice } from "../parts/notice.tsx";
import { useFrame } from "../parts/frame-context.ts";

export function OpeningScreen({ trouble }: { trouble: "none" | "unreachable" | "busy" }) {
  const { messages, hurry } = useFrame();
  const words = messages.opening;
  if (trouble === "none") return <Notice tone="working" icon="shield" title={words.title} text={words.text} />;
  return (
    <Notice
      tone="attention"
      icon={trouble === "unreachable" ? "offline" : "clock"}
      title={trouble === "unreachable" ? words.unreachableTitle : words.busyTitle}
      text={trouble === "unreachable" ? words.unreachableText : words.busyText}
    >
      <div class="actions">
        <button type="button" class="button button-main" onClick={hurry}>
          {words.retry}
        </button>
      </div>
    </Notice>
  );
}
