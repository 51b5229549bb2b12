import { errorCodes, type ErrorCategory } from "@attestream/shared";
import type { FrameView } from "@attestream/shared/frame-api";
import { CloseButton } from "../parts/close-button.tsx";
import { FinePrint } from "../parts/fine-print.tsx";
import type { IconName } from "../parts/icon.tsx";
import { Notice } from "../parts/notice.tsx";
import { useFrame } from "../parts/frame-context.ts";
import type { SealTone } from "../parts/seal.tsx";

const looks = {
  USER: { tone: "quiet", icon: "minus" },
  AUTH: { tone: "failed", icon: "lock" },
  MFA: { tone: "failed", icon: "keyboard" },
  PLATFORM: { tone: "attention", icon: "browser" },
  ACCOUNT: { tone: "attention", icon: "document" },
  TREE: { tone: "failed", icon: "alert" },
  ATTESTATION: { tone: "failed", icon: "pen" },
  SESSION: { tone: "quiet", icon: "clock" },
  SYSTEM: { tone: "failed", icon: "alert" },
} satisfies Record<ErrorCategory, { tone: SealTone; icon: IconName }>;

/** ERROR and TERMINATED: what happened in the user's words, and what to do next. */
export function FailedScreen({ view }: { view: FrameView }) {
  const { messages } = useFrame();
  const partner = view.partner.name;
  const code = view.reason?.code ?? (view.status === "ERROR" ? "INTERNAL" : "SESSION_EXPIRED");
  const category = errorCodes[code].category;
  const words = messages.outcomes(view.platform.displayName, partner)[code];
  const look = code === "USER_ABANDONED" || code === "USER_ACTION_TIMEOUT" ? looks.SESSION : looks[category];
  return (
    <Notice {...look} title={words.title} text={words.text} fine={<FinePrint view={view} />}>
      <p class="notice-next">{messages.next(partner)[category]}</p>
      <CloseButton />
    </Notice>
  );
}
