import { useEffect, useState } from "preact/hooks";
import type { OpenState } from "../session/frame-state.ts";
import { useFrame } from "./frame-context.ts";
import { Icon } from "./icon.tsx";

/** What lies over the page while the user cannot act on it: the tree at work, a lost line, no network. */
export function StageVeil({ state }: { state: OpenState }) {
  const { messages, hurry, takeOver } = useFrame();
  const online = useOnline();
  const words = messages.connection;
  const { stream, page } = state;
  if (!online || stream.link === "reconnecting" || stream.link === "broken") {
    const broken = stream.link === "broken";
    const late = stream.link === "reconnecting" && stream.attempt > 4;
    return (
      <div class="veil veil-strong" role="status">
        <div class="veil-card">
          <span class="veil-icon">
            <Icon name={online ? "link" : "offline"} />
          </span>
          <h2>{!online ? words.offlineTitle : broken ? words.brokenTitle : words.reconnectingTitle}</h2>
          <p>
            {!online ? words.offlineText : broken ? words.brokenText : late ? words.longText : words.reconnectingText}
          </p>
          <button type="button" class="button button-main" onClick={broken ? takeOver : hurry}>
            {words.retry}
          </button>
        </div>
      </div>
    );
  }
  if (stream.link !== "connected") return <Soft label={words.connecting} />;
  if (!page.control) return <Soft label={messages.live.working} />;
  return null;
}

function Soft({ label }: { label: string }) {
  return (
    <div class="veil" role="status">
      <span class="veil-label">
        <i aria-hidden="true" />
        {label}
      </span>
    </div>
  );
}

function useOnline(): boolean {
  const [online, setOnline] = useState(navigator.onLine);
  useEffect(() => {
    const read = () => setOnline(navigator.onLine);
    window.addEventListener("online", read);
    window.addEventListener("offline", read);
    return () => {
      window.removeEventListener("online", read);
      window.removeEventListener("offline", read);
    };
  }, []);
  return online;
}
