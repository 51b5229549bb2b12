import type { FrameView } from "@attestream/shared/frame-api";
import { useFrame } from "./frame-context.ts";

/** What a partner's support asks for: the code and the start of the session's id. */
export function FinePrint({ view }: { view: FrameView }) {
  const { messages } = useFrame();
  return (
    <>
      {view.reason && <span>{messages.code(view.reason.code)}</span>}
      <span>{messages.reference(view.sessionId.slice(0, 8))}</span>
    </>
  );
}
