import { CloseButton } from "../parts/close-button.tsx";
import { useFrame } from "../parts/frame-context.ts";
import type { IconName } from "../parts/icon.tsx";
import { Notice } from "../parts/notice.tsx";
import type { SealTone } from "../parts/seal.tsx";
import type { Refusal } from "../session/frame-state.ts";

const looks = {
  linkInvalid: { tone: "failed", icon: "link" },
  linkUsed: { tone: "attention", icon: "link" },
  held: { tone: "calm", icon: "windows" },
  heldElsewhere: { tone: "attention", icon: "windows" },
  notFound: { tone: "quiet", icon: "minus" },
  over: { tone: "quiet", icon: "clock" },
  holdLost: { tone: "attention", icon: "windows" },
  insecure: { tone: "failed", icon: "unlock" },
  cookiesAndLinkMissing: { tone: "quiet", icon: "link" },
} satisfies Record<Refusal, { tone: SealTone; icon: IconName }>;

export function RefusedScreen({ refusal }: { refusal: Refusal }) {
  const { messages, takeOver } = useFrame();
  const words = messages.refusals[refusal];
  return (
    <Notice {...looks[refusal]} title={words.title} text={words.text}>
      <p class="notice-next">{words.next}</p>
      {refusal === "held" ? (
        <div class="actions">
          <button type="button" class="button button-main" onClick={takeOver}>
            {messages.takeOver}
          </button>
        </div>
      ) : (
        <CloseButton />
      )}
    </Notice>
  );
}
