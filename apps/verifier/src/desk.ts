import { checkGiven, nothingExpected, type Expected } from "./check/check-given.ts";
import { isProof, type GivenFile } from "./check/given.ts";
import { fetchFromIssuer, keepForReload, keyAddress, takeKept, type KeptFile } from "./check/issuer-keys.ts";
import type { Outcome } from "./check/outcome.ts";
import { maxFileBytes, recognise } from "./check/recognise.ts";

/** Named in the page's address when it was loaded with leave to connect to an issuer. */
const leaveParameter = "keys-from";
const patienceMs = 15_000;

export interface DeskState {
  files: readonly GivenFile[];
  expected: Expected;
  outcome: Outcome;
  /** Why the last try to get keys failed; empty if it did not. */
  problem: string;
}

export interface Desk {
  readonly state: DeskState;
  add(files: readonly File[]): Promise<void>;
  remove(index: number): void;
  expect(expected: Expected): void;
  /** The only thing that connects, and only because somebody pressed the button. */
  getKeys(): Promise<void>;
  clear(): void;
  /** Goes on with what was there before the page was loaded again. */
  resume(): Promise<void>;
}

/** What lies on the desk, and the check of it: run anew whenever anything changes. The last one begun is the one that counts. */
export function createDesk(options: { home: Window; now: () => Date; onChange: () => void }): Desk {
  const { home, now, onChange } = options;
  const empty: DeskState = { files: [], expected: nothingExpected, outcome: { state: "empty" }, problem: "" };
  let state = empty;
  let check = 0;

  function set(change: Partial<DeskState>): void {
    state = { ...state, ...change };
    onChange();
  }

  async function lay(change: Partial<Pick<DeskState, "files" | "expected" | "problem">>): Promise<void> {
    check += 1;
    const own = check;
    const files = change.files ?? state.files;
    set({ ...change, outcome: files.length === 0 ? empty.outcome : { state: "checking" } });
    if (files.length === 0) return;
    // Drawn first: a predicate proof keeps the processor busy for a while.
    await new Promise((resolve) => home.requestAnimationFrame(() => home.setTimeout(resolve, 0)));
    const outcome = await checkGiven(files, state.expected, now()).catch((): Outcome => ({
      state: "unchecked",
      message: "This browser could not run the check. Try another one.",
    }));
    if (own === check) set({ outcome });
  }

  async function getKeys(): Promise<void> {
    const proof = state.files.findLast(isProof)?.given;
    if (proof === undefined || !("issuer" in proof)) return;
    const address = keyAddress(proof.issuer, proof.kind === "predicate-proof" ? "bbs-keys" : "keys");
    if (address === null) return;
    const { location } = home;
    if (
      address.origin !== location.origin &&
      address.origin !== new URLSearchParams(location.search).get(leaveParameter)
    ) {
      keepForReload(home.sessionStorage, state.files);
      location.assign(`${location.pathname}?${leaveParameter}=${encodeURIComponent(address.origin)}`);
      return;
    }
    try {
      const got = await fetchFromIssuer(address, proof, AbortSignal.timeout(patienceMs));
      await lay({ files: [...state.files, ...got.map(opened)], problem: "" });
    } catch (error) {
      set({ problem: error instanceof Error ? error.message : "The keys could not be got." });
    }
  }

  return {
    get state() {
      return state;
    },
    async add(files) {
      const read = await Promise.all(files.map(readFile));
      await lay({ files: [...state.files, ...read], problem: "" });
    },
    remove: (index) => void lay({ files: state.files.filter((_, at) => at !== index), problem: "" }),
    expect: (expected) => void lay({ expected }),
    getKeys,
    clear: () => void lay(empty),
    async resume() {
      const kept = takeKept(home.sessionStorage);
      if (kept.length === 0) return;
      await lay({ files: kept.map(opened) });
      await getKeys();
    },
  };
}

function opened({ name, text }: KeptFile): GivenFile {
  return { name, text, given: recognise(text) };
}

async function readFile(file: File): Promise<GivenFile> {
  const unreadable = (problem: string): GivenFile => ({
    name: file.name,
    text: "",
    given: { kind: "unknown", problem },
  });
  if (file.size > maxFileBytes)
    return unreadable(`The file is larger than ${maxFileBytes / 1024 / 1024} MB: it is no proof.`);
  try {
    return opened({ name: file.name, text: await file.text() });
  } catch {
    return unreadable("The file could not be read.");
  }
}
