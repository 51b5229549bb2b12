import { useEffect, useRef, useState } from "preact/hooks";
import { isTerminal } from "@attestream/shared";
import { CancelDialog } from "./parts/cancel-dialog.tsx";
import { Ending } from "./parts/ending.tsx";
import { Footer } from "./parts/footer.tsx";
import { FrameProvider, type FrameContext } from "./parts/frame-context.ts";
import { HandOverDialog } from "./parts/hand-over-dialog.tsx";
import { TopBar } from "./parts/top-bar.tsx";
import { ArrivingScreen } from "./screens/arriving-screen.tsx";
import { CancelledScreen } from "./screens/cancelled-screen.tsx";
import { ClosedScreen } from "./screens/closed-screen.tsx";
import { CollectingScreen } from "./screens/collecting-screen.tsx";
import { CompletedScreen } from "./screens/completed-screen.tsx";
import { ConsentScreen } from "./screens/consent-screen.tsx";
import { ElsewhereScreen } from "./screens/elsewhere-screen.tsx";
import { FailedScreen } from "./screens/failed-screen.tsx";
import { LiveScreen } from "./screens/live-screen.tsx";
import { OpeningScreen } from "./screens/opening-screen.tsx";
import { PartialScreen } from "./screens/partial-screen.tsx";
import { RefusedScreen } from "./screens/refused-screen.tsx";
import { VerifyingScreen } from "./screens/verifying-screen.tsx";
import { WaitingScreen } from "./screens/waiting-screen.tsx";
import { currentScreen, type Screen } from "./session/current-screen.ts";
import type { FrameState, OpenState } from "./session/frame-state.ts";

export function App({ frame }: { frame: FrameContext }) {
  const { session, messages } = frame;
  const [state, setState] = useState<FrameState>(session.state);
  useEffect(() => {
    setState(session.state);
    return session.subscribe(setState);
  }, [session]);

  const screen = currentScreen(state);
  const mainRef = useRef<HTMLElement>(null);
  const shown = screenKey(screen);
  const firstRef = useRef(true);
  useEffect(() => {
    // Not on the first screen, and not while the user is busy elsewhere on the partner's page.
    if (!firstRef.current && document.hasFocus() && shown !== "live")
      mainRef.current?.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true });
    firstRef.current = false;
    mainRef.current?.scrollTo(0, 0);
  }, [shown]);

  const open = state.phase === "open" && screen.screen !== "refused" ? state : null;
  const platform = open?.view.platform.displayName;
  useEffect(() => {
    document.title = platform ? messages.pageTitle(platform) : messages.opening.title;
  }, [platform, messages]);

  return (
    <FrameProvider value={frame}>
      <div class={`shell shell-${screen.screen}`} data-screen={shown}>
        {open && (
          <TopBar
            view={open.view}
            cancellable={!isTerminal(open.view.status) && screen.screen !== "consent" && screen.screen !== "elsewhere"}
            movable={!isTerminal(open.view.status) && screen.screen !== "elsewhere"}
          >
            <Ending state={open} />
          </TopBar>
        )}
        {open?.feed === "down" && screen.screen !== "live" && (
          <p class="feed-down" role="status">
            {messages.connection.feedDown}
          </p>
        )}
        <main ref={mainRef} class="body">
          <div class="sr-only" role="status">
            {open?.page.challenge ? `${messages.live.yourTurn}: ${open.page.challenge.instructions}` : ""}
          </div>
          {state.phase === "arriving" ? (
            <ArrivingScreen busy={state.busy} failed={state.failed} />
          ) : (
            <ScreenBody key={shown} screen={screen} open={open} />
          )}
        </main>
        <Footer />
        {open?.handingOver && <HandOverDialog state={open} />}
        {open?.confirmingCancel && <CancelDialog state={open} />}
      </div>
    </FrameProvider>
  );
}

function screenKey(screen: Screen): string {
  switch (screen.screen) {
    case "waiting":
      return `waiting-${screen.for}`;
    case "refused":
      return `refused-${screen.refusal}`;
    case "opening":
      return `opening-${screen.trouble}`;
    default:
      return screen.screen;
  }
}

function ScreenBody({ screen, open }: { screen: Screen; open: OpenState | null }) {
  if (screen.screen === "opening") return <OpeningScreen trouble={screen.trouble} />;
  if (screen.screen === "refused") return <RefusedScreen refusal={screen.refusal} />;
  if (!open) return <ClosedScreen />;
  switch (screen.screen) {
    case "elsewhere":
      return <ElsewhereScreen state={open} />;
    case "consent":
      return <ConsentScreen state={open} />;
    case "waiting":
      return <WaitingScreen view={open.view} waitingFor={screen.for} />;
    case "live":
      return <LiveScreen state={open} />;
    case "collecting":
      return <CollectingScreen view={open.view} />;
    case "verifying":
      return <VerifyingScreen view={open.view} />;
    case "completed":
      return <CompletedScreen view={open.view} />;
    case "partial":
      return <PartialScreen view={open.view} />;
    case "failed":
    case "ended":
      return <FailedScreen view={open.view} />;
    case "cancelled":
    case "declined":
      return <CancelledScreen view={open.view} declined={screen.screen === "declined"} />;
    case "arriving":
    case "closed":
      return <ClosedScreen />;
  }
}
