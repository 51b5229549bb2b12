import type { Desk } from "./desk.ts";
import { DropZone } from "./parts/drop-zone.tsx";
import { ExpectedForm } from "./parts/expected-form.tsx";
import { FileList } from "./parts/file-list.tsx";
import { OutcomeView } from "./parts/outcome-view.tsx";

/** `single`: the page is a file of its own, with no server behind it. */
export function App({ desk, home, single }: { desk: Desk; home: Window; single: boolean }) {
  const { files, expected, outcome, problem } = desk.state;
  return (
    <>
      <header class="top">
        {single ? (
          <b class="name">Attestream</b>
        ) : (
          <a class="name" href="/">
            Attestream
          </a>
        )}
        <span>proof checker</span>
      </header>
      <main>
        <div class="intro">
          <h1>Check a proof</h1>
          <p>
            Somebody gave you a proof of what an account says. Add the file: it is checked here, in your browser.{" "}
            <strong>Nothing is uploaded</strong>
            {single
              ? ", and the page cannot connect to anybody."
              : ", and the page connects to nobody unless you press the button for it."}
          </p>
        </div>
        <div class="desk">
          <div class="give">
            <DropZone onFiles={(chosen) => void desk.add(chosen)} />
            <FileList files={files} onRemove={desk.remove} />
            <ExpectedForm expected={expected} onChange={desk.expect} />
          </div>
          <OutcomeView
            outcome={outcome}
            problem={problem}
            canFetch={!single}
            origin={home.location.origin}
            onGetKeys={() => void desk.getKeys()}
            onClear={() => {
              desk.clear();
              home.document.querySelector<HTMLInputElement>("#files")?.focus();
            }}
          />
        </div>
      </main>
      <footer>
        The same check without a browser: <code>attestream verify proof.json</code>.
        {single ? null : (
          <>
            {" "}
            To check without this server,{" "}
            <a href="/verifier/verify.html" download="verify.html">
              download this page as one file
            </a>
            .
          </>
        )}
      </footer>
    </>
  );
}
