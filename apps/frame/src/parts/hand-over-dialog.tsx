import { useCallback, useEffect, useState } from "preact/hooks";
import type { HandOver } from "@attestream/shared/frame-api";
import type { OpenState } from "../session/frame-state.ts";
import { useFrame } from "./frame-context.ts";
import { Modal } from "./modal.tsx";
import { QrCode } from "./qr-code.tsx";
import { clockText } from "./time-text.ts";
import { useTimeLeft } from "./use-time-left.ts";

type Offer = { state: "asked" } | { state: "failed" } | { state: "there"; handOver: HandOver; copied: boolean };

/** A code and a link with which the user goes on on another device; or the way back to the one before. */
export function HandOverDialog({ state }: { state: OpenState }) {
  const { messages, session, now } = useFrame();
  const words = messages.handOver;
  const [offer, setOffer] = useState<Offer>({ state: "asked" });
  const handOver = offer.state === "there" ? offer.handOver : null;
  const left = useTimeLeft(handOver?.expiresAt ?? null, Number.POSITIVE_INFINITY, now);
  const ask = useCallback(
    async (to: "another" | "previous") => {
      setOffer({ state: "asked" });
      const given = await session.handOver(to);
      setOffer(given ? { state: "there", handOver: given, copied: false } : { state: "failed" });
    },
    [session],
  );
  useEffect(() => void ask("another"), [ask]);
  const dismiss = () => session.dispatch({ type: "handOver.dismissed" });
  const url = left === 0 ? null : (handOver?.url ?? null);
  const back = handOver !== null && handOver.url === null && left !== 0;

  async function copy(link: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(link);
      setOffer((was) => (was.state === "there" ? { ...was, copied: true } : was));
    } catch {
      // Where the browser does not allow it, the link stands there to be selected.
    }
  }

  return (
    <Modal title="hand-over-title" text="hand-over-text" onEscape={dismiss}>
      <h2 id="hand-over-title">{words.title}</h2>
      <p id="hand-over-text">{back ? words.backText : words.text}</p>
      {url !== null && (
        <>
          <QrCode text={url} label={words.code} />
          <div class="hand-over-link">
            <input
              class="dialog-field"
              readOnly
              value={url}
              aria-label={words.link}
              onFocus={(event) => event.currentTarget.select()}
            />
            <button type="button" class="button button-quiet" onClick={() => void copy(url)}>
              {offer.state === "there" && offer.copied ? words.copied : words.copy}
            </button>
          </div>
        </>
      )}
      <p class="hand-over-state" role="status">
        {offer.state === "asked"
          ? words.asking
          : offer.state === "failed"
            ? words.failed
            : left === 0
              ? words.expired
              : ""}
      </p>
      {left !== null && left > 0 && (
        <p class="hand-over-left" role="timer">
          {words.left(clockText(left))}
        </p>
      )}
      <div class="dialog-actions">
        <button type="button" class="button button-main" autoFocus onClick={dismiss}>
          {words.stay}
        </button>
        {(left === 0 || offer.state === "failed") && (
          <button type="button" class="button button-quiet" onClick={() => void ask("another")}>
            {words.again}
          </button>
        )}
        {state.view.handOver.returnable && !back && (
          <button
            type="button"
            class="button button-quiet"
            disabled={offer.state === "asked"}
            onClick={() => void ask("previous")}
          >
            {words.giveBack}
          </button>
        )}
      </div>
    </Modal>
  );
}
