import { Notice } from "../parts/notice.tsx";
import { useFrame } from "../parts/frame-context.ts";

export function ClosedScreen() {
  const { messages } = useFrame();
  return <Notice tone="quiet" icon="minus" title={messages.closed.title} text={messages.closed.text} />;
}
