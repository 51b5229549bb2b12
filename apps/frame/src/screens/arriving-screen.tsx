import { Notice } from "../parts/notice.tsx";
import { useFrame } from "../parts/frame-context.ts";

/**
 * Somebody opened the link of a hand-over. Nothing happens before they say so: a preview of the link must
 * not spend it, and nobody shall go on with a stranger's verification unawares.
 */
export function ArrivingScreen({ busy, failed }: { busy: boolean; failed: boolean }) {
  const { messages, session } = useFrame();
  const words = messages.arriving;
  return (
    <Notice tone="attention" icon="devices" title={words.title} text={words.text}>
      <p class="notice-next">{words.warning}</p>
      {failed && (
        <p class="form-error" role="alert">
          {words.failed}
        </p>
      )}
      <div class="actions">
        <button type="button" class="button button-main" disabled={busy} onClick={() => void session.arrive()}>
          {busy ? words.busy : words.goOn}
        </button>
      </div>
    </Notice>
  );
}
