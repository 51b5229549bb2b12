import type { FrameView } from "@attestream/shared/frame-api";
import type { Messages } from "../messages.ts";

const names = ["agree", "logIn", "collect", "attest"] as const;

/** How far the session is, in four steps; 4 when all are done. */
function stepOf(view: FrameView): number {
  if (view.consent.required && !view.consent.given) return 0;
  switch (view.status) {
    case "COLLECTING_DATA":
      return 2;
    case "VERIFYING":
      return 3;
    case "COMPLETED":
    case "PARTIAL_COMPLETE":
      return 4;
    default:
      return 1;
  }
}

export function Steps({ view, messages }: { view: FrameView; messages: Messages }) {
  const shown = view.consent.required ? names : names.slice(1);
  const now = stepOf(view) - (view.consent.required ? 0 : 1);
  const current = shown[Math.min(now, shown.length - 1)] ?? "attest";
  return (
    <ol
      class="steps"
      aria-label={messages.stepsLabel(messages.steps[current], Math.min(now + 1, shown.length), shown.length)}
    >
      {shown.map((name, index) => (
        <li
          key={name}
          class={index < now ? "step step-done" : index === now ? "step step-now" : "step"}
          aria-current={index === now ? "step" : undefined}
        >
          <span>{messages.steps[name]}</span>
        </li>
      ))}
    </ol>
  );
}
