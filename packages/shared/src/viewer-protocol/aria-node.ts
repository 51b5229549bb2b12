import { z } from "zod";

/** What a node of the page is to a screen reader; other roles are told by what is in them. */
export const ariaRoles = [
  "text",
  "heading",
  "paragraph",
  "link",
  "button",
  "textbox",
  "combobox",
  "checkbox",
  "radio",
  "switch",
  "image",
  "list",
  "listitem",
  "table",
  "row",
  "cell",
  "navigation",
  "search",
  "region",
  "group",
  "alert",
  "status",
] as const;

export type AriaRole = (typeof ariaRoles)[number];

export const ariaStates = [
  "checked",
  "mixed",
  "disabled",
  "expanded",
  "collapsed",
  "focused",
  "invalid",
  "pressed",
  "readonly",
  "required",
  "secret",
] as const;

export type AriaState = (typeof ariaStates)[number];

export const ariaLimits = { nodes: 1_000, depth: 40, text: 300, allText: 48_000 } as const;

/** In the order of the page; what stands deeper right behind a node is in it. */
export const ariaNodeSchema = z.strictObject({
  /** Names the node when something is done to it; 0: nothing can be. */
  id: z.int().min(0),
  depth: z.int().min(0).max(ariaLimits.depth),
  role: z.enum(ariaRoles),
  name: z.string().max(ariaLimits.text),
  /** Of a field; never of one that hides what is typed. */
  value: z.string().max(ariaLimits.text).optional(),
  /** Of a heading. */
  level: z.int().min(1).max(6).optional(),
  states: z.array(z.enum(ariaStates)).max(ariaStates.length).optional(),
});

export type AriaNode = z.infer<typeof ariaNodeSchema>;
