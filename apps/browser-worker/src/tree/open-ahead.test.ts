import { describe, expect, it } from "vitest";
import type { ErrorCode } from "@attestream/shared";
import type { PagePort } from "@attestream/workflow";
import { openAhead } from "./open-ahead.ts";

const login = "https://bank.demo.test/login";
const signal = new AbortController().signal;

function createPort(answers: (ErrorCode | null)[] = []) {
  const opened: string[] = [];
  const state = { failure: null as ErrorCode | null };
  const port = {
    observe: () => ({ failure: state.failure }),
    open: async (url: string) => {
      opened.push(url);
      return answers.shift() ?? null;
    },
  } as unknown as PagePort;
  return { port, opened, state };
}

describe("a page that is opened ahead", () => {
  it("is opened once, and the next time anew", async () => {
    const { port, opened } = createPort();
    const ahead = openAhead(port, login, { now: () => new Date(0), signal });
    expect(opened).toEqual([login]);
    expect(await ahead.open(login, signal)).toBeNull();
    expect(opened).toEqual([login]);
    await ahead.open(login, signal);
    expect(opened).toEqual([login, login]);
  });

  it("is opened again when it failed, crashed, waited for long, or is not what is asked for", async () => {
    const failed = createPort(["PLATFORM_UNAVAILABLE"]);
    expect(await openAhead(failed.port, login, { now: () => new Date(0), signal }).open(login, signal)).toBeNull();
    expect(failed.opened).toHaveLength(2);

    const crashed = createPort();
    const ahead = openAhead(crashed.port, login, { now: () => new Date(0), signal });
    crashed.state.failure = "BROWSER_CRASHED";
    await ahead.open(login, signal);
    expect(crashed.opened).toHaveLength(2);

    const old = createPort();
    let time = 0;
    const waited = openAhead(old.port, login, { now: () => new Date(time), signal });
    time = 61_000;
    await waited.open(login, signal);
    expect(old.opened).toHaveLength(2);

    const other = createPort();
    await openAhead(other.port, login, { now: () => new Date(0), signal }).open(`${login}/other`, signal);
    expect(other.opened).toEqual([login, `${login}/other`]);
  });
});
