import { useEffect, useMemo, useState } from "preact/hooks";
import type { OpenState } from "../session/frame-state.ts";
import { AriaBranchView, type ReaderActs } from "./aria-branch-view.tsx";
import { branchesOf } from "./aria-branches.ts";
import { useFrame } from "./frame-context.ts";

/**
 * The live page in real elements, for who cannot see its picture: hidden to the eye, read by screen readers.
 * Only on demand, because the worker has to read the page for it again and again.
 */
export function PageReader({ state }: { state: OpenState }) {
  const { messages, send } = useFrame();
  const [on, setOn] = useState(false);
  const [typingInto, setTypingInto] = useState<string | null>(null);
  const words = messages.reader;
  const connected = state.stream.link === "connected";
  useEffect(() => {
    if (!on || !connected) return;
    send({ type: "ariaWatch", on: true });
    return () => send({ type: "ariaWatch", on: false });
  }, [on, connected, send]);
  const branches = useMemo(() => branchesOf(on ? state.page.aria : []), [on, state.page.aria]);
  const enabled = connected && state.page.control;
  const acts: ReaderActs = {
    enabled,
    press: (id) => send({ type: "ariaAct", id, action: "press" }),
    type(id, name) {
      send({ type: "ariaAct", id, action: "focus" });
      setTypingInto(name);
      document.querySelector<HTMLElement>(".keyboard-target")?.focus({ preventScroll: true });
    },
  };
  return (
    <>
      <button type="button" class="button reader-switch" aria-pressed={on} onClick={() => setOn(!on)}>
        {on ? words.close : words.open}
      </button>
      {on && (
        <section
          class="sr-only page-reader"
          aria-label={words.label(state.view.platform.displayName)}
          aria-busy={branches.length === 0}
        >
          {branches.length === 0 ? (
            <p role="status">{words.waiting}</p>
          ) : (
            branches.map((branch) => <AriaBranchView key={branch.key} branch={branch} acts={acts} />)
          )}
        </section>
      )}
      <p class="sr-only" role="status">
        {typingInto === null ? "" : words.typing(typingInto)}
      </p>
    </>
  );
}
