import type { LivePage, OpenState } from "../session/frame-state.ts";
import { useFrame } from "./frame-context.ts";
import { Icon } from "./icon.tsx";

/** Which site this is: the browser's own word, never the page's. */
export function HostPill({ page }: { page: LivePage }) {
  const { messages } = useFrame();
  if (!page.host) return <span class="host" />;
  const label = page.secure ? messages.live.secureHost(page.host) : messages.live.insecureHost(page.host);
  return (
    <span class={page.secure ? "host host-secure" : "host host-plain"} title={label}>
      <Icon name={page.secure ? "lock" : "unlock"} />
      <span class="sr-only">{label}</span>
      <span class="host-name" aria-hidden="true">
        {page.host}
      </span>
      {page.loading && <span class="host-loading" role="img" aria-label={messages.live.loading} />}
    </span>
  );
}

/** "Live" while it is; else what is wrong with the link. A slow one is told in words, never by colour alone. */
export function ConnectionMark({ state }: { state: OpenState }) {
  const { messages } = useFrame();
  const words = messages.connection;
  const link = state.feed === "down" ? "reconnecting" : state.stream.link;
  if (link === "connected" && state.quality !== "good") {
    return (
      <span class={`link link-${state.quality}`} title={words.slowText}>
        <i aria-hidden="true" />
        {words[state.quality]}
        <span class="sr-only">. {words.slowText}</span>
      </span>
    );
  }
  return (
    <span class={`link link-${link}`}>
      <i aria-hidden="true" />
      {link === "connected" ? words.connected : link === "reconnecting" ? words.reconnecting : words.connecting}
    </span>
  );
}
