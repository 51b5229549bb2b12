import { expect, it } from "vitest";
import { attestBench } from "../attest/attest-bench.ts";
import { startBench } from "../start/start-bench.ts";
import { streamBench } from "../stream/stream-bench.ts";
import { parseArguments } from "./parse-arguments.ts";

const benches = { stream: streamBench, start: startBench, attest: attestBench };

it("takes a bench, rows and switches", () => {
  expect(parseArguments(["stream", "--only", "typing.kbps, spinner.kbps", "--quick", "--json"], benches)).toEqual({
    name: "stream",
    bench: streamBench,
    only: ["typing.kbps", "spinner.kbps"],
    quick: true,
    json: true,
  });
  expect(parseArguments(["start"], benches)).toMatchObject({ only: null, quick: false, json: false });
});

it.each([
  [[], "Which bench?"],
  [["nothing"], 'There is no bench "nothing"'],
  [["start", "stream"], 'There is no bench "start stream"'],
  [["start", "--only", "typing.kbps"], "start has no row typing.kbps. It has: start.warm.ratio"],
  [["start", "--fast"], "--fast"],
])("%j is refused by name", (args, message) => {
  expect(() => parseArguments(args, benches)).toThrow(message);
});

it.each(Object.entries(benches))("%s: every row has exactly one group that measures it", (_name, bench) => {
  const measured = bench.groups.flatMap(({ rows }) => rows);
  expect(measured.toSorted()).toEqual(bench.definitions.map(({ name }) => name).toSorted());
});
