import { ariaLimits, type AriaNode, type AriaRole, type AriaState } from "@attestream/shared/viewer-protocol";

/** As much of the browser's own accessibility node as is used (CDP `Accessibility.AXNode`). */
export interface AxNode {
  nodeId: string;
  ignored: boolean;
  role?: { value?: unknown };
  name?: { value?: unknown };
  value?: { value?: unknown };
  properties?: { name: string; value: { value?: unknown } }[];
  childIds?: string[];
  parentId?: string;
  backendDOMNodeId?: number;
}

/** Roles that are told; all others are passed through to what is in them. */
const roles: Readonly<Record<string, AriaRole>> = {
  StaticText: "text",
  heading: "heading",
  paragraph: "paragraph",
  link: "link",
  button: "button",
  tab: "button",
  menuitem: "button",
  option: "button",
  DisclosureTriangle: "button",
  textbox: "textbox",
  searchbox: "textbox",
  spinbutton: "textbox",
  combobox: "combobox",
  ComboBoxMenuButton: "combobox",
  ComboBoxSelect: "combobox",
  Date: "combobox",
  DateTime: "combobox",
  InputTime: "combobox",
  ColorWell: "combobox",
  listbox: "group",
  checkbox: "checkbox",
  menuitemcheckbox: "checkbox",
  radio: "radio",
  switch: "switch",
  image: "image",
  img: "image",
  list: "list",
  listitem: "listitem",
  table: "table",
  grid: "table",
  row: "row",
  cell: "cell",
  gridcell: "cell",
  columnheader: "cell",
  rowheader: "cell",
  navigation: "navigation",
  search: "search",
  banner: "region",
  main: "region",
  contentinfo: "region",
  complementary: "region",
  form: "group",
  region: "region",
  group: "group",
  radiogroup: "group",
  dialog: "group",
  alertdialog: "group",
  alert: "alert",
  status: "status",
};

/** Their name says all that is in them. */
const leaves: ReadonlySet<AriaRole> = new Set([
  "text",
  "link",
  "button",
  "textbox",
  "combobox",
  "checkbox",
  "radio",
  "switch",
  "image",
]);
const actable: ReadonlySet<AriaRole> = new Set([
  "link",
  "button",
  "textbox",
  "combobox",
  "checkbox",
  "radio",
  "switch",
]);
/** Nothing to say without anything in them. */
const hollow: ReadonlySet<AriaRole> = new Set(["paragraph", "list", "listitem", "table", "row", "group", "region"]);
const hidden = /^[•●∙*]+$/u;

export interface OutlineOptions {
  /** Fields that hide what is typed, by their DOM nodes. */
  secret: ReadonlySet<number>;
  /** The trees of the frames in the page, by the DOM nodes that hold them. */
  frames: ReadonlyMap<number, readonly AxNode[]>;
}

/** What a screen reader says of the page, bounded; pure. Values of fields that hide what is typed are left out. */
export function outlineOf(tree: readonly AxNode[], { secret, frames }: OutlineOptions): AriaNode[] {
  const outline: AriaNode[] = [];
  let text = 0;
  walkTree(tree, 0, 0);
  return outline.filter(
    (node, index) => !hollow.has(node.role) || node.name !== "" || (outline[index + 1]?.depth ?? 0) > node.depth,
  );

  function walkTree(nodes: readonly AxNode[], depth: number, nesting: number): void {
    const byId = new Map(nodes.map((node) => [node.nodeId, node]));
    const root = nodes.find(({ parentId }) => parentId === undefined);
    if (root) walk(root, depth, nesting, { byId, quiet: false });
  }

  function walk(
    node: AxNode,
    depth: number,
    nesting: number,
    scope: { byId: Map<string, AxNode>; quiet: boolean },
  ): void {
    if (outline.length >= ariaLimits.nodes || text >= ariaLimits.allText || nesting > 200) return;
    const id = node.backendDOMNodeId ?? 0;
    const kind = String(node.role?.value ?? "");
    const role = node.ignored ? undefined : roles[kind];
    let within = scope;
    let inner = depth;
    if (role === "text" ? !scope.quiet : role !== undefined) {
      if (add(node, id, role as AriaRole, depth) && leaves.has(role as AriaRole)) return;
      inner = Math.min(depth + 1, ariaLimits.depth);
    }
    if (role === "text") return;
    // A label is read with its field; a heading's own text is its name, what can be pressed in it is not.
    if (kind === "LabelText" || role === "heading") within = { ...scope, quiet: true };
    const frame = frames.get(id);
    if (frame) walkTree(frame, inner, nesting + 1);
    for (const child of node.childIds ?? []) {
      const next = scope.byId.get(child);
      if (next) walk(next, inner, nesting + 1, within);
    }
  }

  function add(node: AxNode, id: number, role: AriaRole, depth: number): boolean {
    const name = textOf(node.name?.value);
    const last = outline.at(-1);
    if (role === "text") {
      if (name === "") return true;
      if (last?.role === "text" && last.depth === depth && last.name.length + name.length < ariaLimits.text) {
        last.name = `${last.name} ${name}`;
        text += name.length + 1;
        return true;
      }
    }
    const states = statesOf(node, secret.has(id) || hidden.test(textOf(node.value?.value)));
    const value = role === "textbox" || role === "combobox" ? textOf(node.value?.value) : "";
    const level = role === "heading" ? Math.min(6, Math.max(1, Number(propertyOf(node, "level")) || 2)) : undefined;
    outline.push({
      id: actable.has(role) ? id : 0,
      depth,
      role,
      name,
      ...(value === "" || states.includes("secret") ? {} : { value }),
      ...(level === undefined ? {} : { level }),
      ...(states.length === 0 ? {} : { states }),
    });
    text += name.length + value.length;
    return true;
  }
}

/** DOM nodes of the fields whose value would be told. */
export function fieldsOf(tree: readonly AxNode[]): number[] {
  return tree.flatMap(({ ignored, role, backendDOMNodeId }) =>
    !ignored && roles[String(role?.value)] === "textbox" && backendDOMNodeId ? [backendDOMNodeId] : [],
  );
}

function statesOf(node: AxNode, secret: boolean): AriaState[] {
  const is = (name: string) => String(propertyOf(node, name) ?? "");
  const states: [AriaState, boolean][] = [
    ["checked", is("checked") === "true"],
    ["mixed", is("checked") === "mixed"],
    ["disabled", is("disabled") === "true"],
    ["expanded", is("expanded") === "true"],
    ["collapsed", is("expanded") === "false"],
    ["focused", is("focused") === "true"],
    ["invalid", !["", "false"].includes(is("invalid"))],
    ["pressed", is("pressed") === "true"],
    ["readonly", is("readonly") === "true"],
    ["required", is("required") === "true"],
    ["secret", secret],
  ];
  return states.flatMap(([state, holds]) => (holds ? [state] : []));
}

function propertyOf(node: AxNode, name: string): unknown {
  return node.properties?.find((property) => property.name === name)?.value.value;
}

function textOf(value: unknown): string {
  if (typeof value !== "string" && typeof value !== "number") return "";
  return String(value).replace(/\s+/g, " ").trim().slice(0, ariaLimits.text);
}
