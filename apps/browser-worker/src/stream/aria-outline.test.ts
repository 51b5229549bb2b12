import { describe, expect, it } from "vitest";
import { ariaLimits, ariaNodeSchema } from "@attestream/shared/viewer-protocol";
import { fieldsOf, outlineOf, type AxNode } from "./aria-outline.ts";

type Written = [role: string, name?: string, more?: { value?: string; is?: Record<string, unknown>; in?: Written[] }];

/** Node numbers count up in the order of writing. */
function tree(written: Written): AxNode[] {
  const nodes: AxNode[] = [];
  const put = ([role, name = "", { value, is = {}, in: children = [] } = {}]: Written, parentId?: string): string => {
    const nodeId = String(nodes.length + 1);
    const node: AxNode = {
      nodeId,
      ignored: role === "none",
      role: { value: role },
      name: { value: name },
      backendDOMNodeId: nodes.length + 1,
      properties: Object.entries(is).map(([key, held]) => ({ name: key, value: { value: held } })),
      ...(value === undefined ? {} : { value: { value } }),
      ...(parentId === undefined ? {} : { parentId }),
    };
    nodes.push(node);
    node.childIds = children.map((child) => put(child, nodeId));
    return nodeId;
  };
  put(written);
  return nodes;
}

const nothing = { secret: new Set<number>(), frames: new Map<number, AxNode[]>() };

describe("what a screen reader is told of a page", () => {
  it("is what is said, in order and nested, without what only holds things together", () => {
    const page = tree([
      "RootWebArea",
      "Bank",
      {
        in: [
          ["none", "", { in: [["heading", "Log in", { is: { level: 1 }, in: [["StaticText", "Log in"]] }]] }],
          [
            "paragraph",
            "",
            {
              in: [
                ["StaticText", "Welcome"],
                ["StaticText", "back"],
                ["link", "Help", { in: [["StaticText", "Help"]] }],
              ],
            },
          ],
          [
            "list",
            "",
            {
              in: [
                [
                  "listitem",
                  "",
                  {
                    in: [
                      ["ListMarker", "•"],
                      ["StaticText", "one"],
                    ],
                  },
                ],
              ],
            },
          ],
          ["paragraph"],
        ],
      },
    ]);
    expect(outlineOf(page, nothing)).toEqual([
      { id: 0, depth: 0, role: "heading", name: "Log in", level: 1 },
      { id: 0, depth: 0, role: "paragraph", name: "" },
      { id: 0, depth: 1, role: "text", name: "Welcome back" },
      { id: 8, depth: 1, role: "link", name: "Help" },
      { id: 0, depth: 0, role: "list", name: "" },
      { id: 0, depth: 1, role: "listitem", name: "" },
      { id: 0, depth: 2, role: "text", name: "one" },
    ]);
  });

  it("has fields with labels, values and states, and never what a field hides", () => {
    const page = tree([
      "RootWebArea",
      "",
      {
        in: [
          [
            "LabelText",
            "",
            {
              in: [
                ["StaticText", "User"],
                ["textbox", "User", { value: "jane", is: { required: true, invalid: "true" } }],
              ],
            },
          ],
          ["textbox", "Password", { value: "••••" }],
          ["textbox", "Password in clear", { value: "hunter2" }],
          ["checkbox", "Remember", { is: { checked: "true" } }],
          ["button", "Go", { is: { disabled: true } }],
        ],
      },
    ]);
    expect(fieldsOf(page)).toEqual([4, 5, 6]);
    expect(outlineOf(page, { ...nothing, secret: new Set([6]) })).toEqual([
      { id: 4, depth: 0, role: "textbox", name: "User", value: "jane", states: ["invalid", "required"] },
      { id: 5, depth: 0, role: "textbox", name: "Password", states: ["secret"] },
      { id: 6, depth: 0, role: "textbox", name: "Password in clear", states: ["secret"] },
      { id: 7, depth: 0, role: "checkbox", name: "Remember", states: ["checked"] },
      { id: 8, depth: 0, role: "button", name: "Go", states: ["disabled"] },
    ]);
  });

  it("has what is in a frame where the frame stands", () => {
    const page = tree(["RootWebArea", "", { in: [["Iframe"], ["StaticText", "after"]] }]);
    const frames = new Map([[2, tree(["RootWebArea", "", { in: [["button", "Inside"]] }])]]);
    expect(outlineOf(page, { ...nothing, frames }).map(({ name }) => name)).toEqual(["Inside", "after"]);
  });

  it("is bounded however large, deep or long-winded the page is", () => {
    let deep: Written = ["StaticText", "deep"];
    for (let level = 0; level < 150; level += 1) deep = ["group", "g", { in: [deep] }];
    const wide: Written[] = Array.from({ length: 3_000 }, (_, index) => ["button", `${index} ${"x".repeat(5_000)}`]);
    const outline = outlineOf(tree(["RootWebArea", "", { in: [deep, ...wide] }]), nothing);
    expect(outline.length).toBeLessThanOrEqual(ariaLimits.nodes);
    for (const node of outline) expect(ariaNodeSchema.safeParse(node).success).toBe(true);
    expect(JSON.stringify(outline).length).toBeLessThan(200_000);
  });
});
