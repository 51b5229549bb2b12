import { describe, expect, it } from "vitest";
import { jsonPathProblem, queryJson, readJsonPath } from "./json-path.ts";

const accounts = {
  owner: { name: "Jane Doe", "first name": "Jane", "o'key": 1, "☺": "smile" },
  items: [
    { type: "CHK", number: "0001", balance: 10.5, open: true, tags: ["a", "b"], limit: null },
    { type: "SAV", number: "0002", balance: -3, open: false, tags: [] },
    { type: "LOAN", number: "A003", balance: 0, open: true, holder: { name: "Joe" } },
  ],
  primary: "SAV",
  "": "empty",
};
const [chk, sav, loan] = accounts.items;
const numbers = [0, 1, 2, 3, 4, 5, 6];

describe("a JSONPath of RFC 9535", () => {
  it.each<[path: string, found: unknown[], document?: unknown]>([
    // names, wildcards, indexes
    ["$", [accounts]],
    ["$.owner.name", ["Jane Doe"]],
    ["$['owner']['first name']", ["Jane"]],
    [`$.owner["o'key"]`, [1]],
    ["$.owner['o\\'key']", [1]],
    ["$.owner['\\u263A']", ["smile"]],
    ["$.owner.☺", ["smile"]],
    ["$['']", ["empty"]],
    ["$ .owner\n[ 'name' ]", ["Jane Doe"]],
    ["$.items[0].number", ["0001"]],
    ["$.items[-1].number", ["A003"]],
    ["$.items[3]", []],
    ["$.items[-4]", []],
    ["$.items[*].type", ["CHK", "SAV", "LOAN"]],
    ["$.items[0, 2]['type', 'number']", ["CHK", "0001", "LOAN", "A003"]],
    ["$.items[0,0].type", ["CHK", "CHK"]],
    ["$.owner[0]", []],
    ["$.items.number", []],
    // slices
    ["$[1:3]", [1, 2], numbers],
    ["$[5:]", [5, 6], numbers],
    ["$[:-5]", [0, 1], numbers],
    ["$[1:5:2]", [1, 3], numbers],
    ["$[::-1]", [6, 5, 4, 3, 2, 1, 0], numbers],
    ["$[5:1:-2]", [5, 3], numbers],
    ["$[::0]", [], numbers],
    ["$[-100:100]", numbers, numbers],
    // descendants
    ["$..name", ["Jane Doe", "Joe"]],
    ["$.items..[0]", [chk, "a"]],
    ["$..['name', 'number']", ["Jane Doe", "0001", "0002", "A003", "Joe"]],
    ["$..*", [1, [2], 2], { a: 1, b: [2] }],
    // filters
    ["$.items[?@.type == 'SAV'].number", ["0002"]],
    ["$.items[?@.type == $.primary].number", ["0002"]],
    ["$.items[?(@.balance > 0)].type", ["CHK"]],
    ["$.items[?@.balance >= 0 && @.open == true].type", ["CHK", "LOAN"]],
    ["$.items[?@.balance < 0 || @.holder].type", ["SAV", "LOAN"]],
    ["$.items[?!@.holder].type", ["CHK", "SAV"]],
    ["$.items[?!(@.open == true)].type", ["SAV"]],
    ["$.items[?@.limit == null].type", ["CHK"]],
    ["$.items[?@.limit].type", ["CHK"]],
    ["$.items[?@.none == @.neither].type", ["CHK", "SAV", "LOAN"]],
    ["$.items[?@.tags == @['tags']].type", ["CHK", "SAV", "LOAN"]],
    ["$.items[?@.tags[?@ == 'b']].type", ["CHK"]],
    ["$.items[?'B' <= @.type].type", ["CHK", "SAV", "LOAN"]],
    ["$.items[?@.balance == 1.05e1].type", ["CHK"]],
    ["$.items[?@.open != false].type", ["CHK", "LOAN"]],
    ["$[?@.a && @.b && @.c]", [{ a: 1, b: 1, c: 1 }], [{ a: 1, b: 1 }, { a: 1, b: 1, c: 1 }, { c: 1 }]],
    [
      "$[?@.a || @.b && @.c].n",
      [1, 2],
      [
        { a: 1, n: 1 },
        { b: 1, c: 1, n: 2 },
        { b: 1, n: 3 },
      ],
    ],
    ["$.owner[?@ == 'Jane']", ["Jane"]],
    // functions
    ["$.items[?length(@.tags) == 2].type", ["CHK"]],
    ["$.items[?length(@.type) > 3].type", ["LOAN"]],
    ["$.items[?length(@.holder) == 1].type", ["LOAN"]],
    ["$[?length(@) == 1]", ["💶"], ["💶", "ab"]],
    ["$.items[?count(@.tags[*]) > 1].type", ["CHK"]],
    ["$.items[?count(@.*) == 5].type", ["SAV", "LOAN"]],
    ["$.items[?value(@.holder.name) == 'Joe'].type", ["LOAN"]],
    ["$.items[?value(@.tags[*]) == 'a'].type", []],
    ["$.items[?match(@.number, '[0-9]{4}')].type", ["CHK", "SAV"]],
    ["$.items[?match(@.number, '00')].type", []],
    ["$.items[?search(@.number, '03$')].type", ["LOAN"]],
    ["$.items[?search(@.number, '[.]')].type", []],
    ["$.items[?match(@.type, $.primary)].type", ["SAV"]],
    ["$.items[?match(@.balance, '.*')].type", []],
    ["$.items[?search(@.type, '(')].type", []],
    ["$[?match(@, 'a.b')]", ["axb"], ["axb", "a\nb", "a\rb"]],
    ["$[?match(@, '\\\\p{Lu}+')]", ["ÄÖ"], ["ÄÖ", "äö"]],
  ])("%s", (path, found, document = accounts) => {
    expect(jsonPathProblem(path)).toBeNull();
    expect(queryJson(document as never, path)).toEqual(found);
  });

  it("compares whole objects", () => {
    expect(
      queryJson(
        [
          { a: sav, b: sav },
          { a: sav, b: loan },
        ] as never,
        "$[?@.a == @.b]",
      ),
    ).toHaveLength(1);
  });

  it("leads to one value, to none, or says that there are several", () => {
    expect(readJsonPath(accounts as never, "$.items[?@.number=='0002'].type")).toBe("SAV");
    expect(readJsonPath(accounts as never, "$.none")).toBeUndefined();
    expect(() => readJsonPath(accounts as never, "$.items[*].number")).toThrow("several");
  });

  it("takes no longer for a pattern that backtracks elsewhere", () => {
    const text = `${"a".repeat(90_000)}b`;
    expect(queryJson([text], "$[?search(@, '^(a+)+$')]")).toEqual([]);
    expect(queryJson([text], "$[?match(@, '(a|a)*')]")).toEqual([]);
  });

  it.each([
    "",
    "owner",
    "$.",
    "$.items[",
    "$.items[01]",
    "$.items[9007199254740992]",
    "$['a",
    "$.a b",
    "$[?@.a =]",
    "$[?@.a = 1]",
    "$[?@.a && ]",
    "$[?@.a == 'x]",
    "$[?@.* == 1]",
    "$[?1]",
    "$[?nope(@.a)]",
    "$[?length(@.a)]",
    "$[?length(@.a, @.b) == 1]",
    "$[?count(1) == 1]",
    "$[?match(@.a, 'a') == true]",
    "$[?search(@.a)]",
    "$[?value(@.a)]",
    " $",
    "$..a..b",
    `$.${"a".repeat(300)}`,
  ])("%s is refused with a remedy", (path) => {
    expect(jsonPathProblem(path)).toMatch(/write for example|name the members|shorten it/);
  });
});
