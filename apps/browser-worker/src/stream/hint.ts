import {
  copyLimit,
  pickerFieldSchema,
  selectOptionSchema,
  serverMessageSchema,
} from "@attestream/shared/viewer-protocol";
import { z } from "zod";

const focusSchema = serverMessageSchema.options.find((option) => option.shape.type.value === "focus");
if (!focusSchema || !("field" in focusSchema.shape)) throw new Error("the viewer protocol has no focus message");

const widgetHintSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("select"),
    number: z.int().min(1),
    label: z.string().max(200),
    options: z.array(selectOptionSchema).max(500),
  }),
  z.strictObject({ kind: z.literal("picker"), number: z.int().min(1), field: pickerFieldSchema }),
]);

const hintSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("focus"), field: focusSchema.shape.field }),
  z.strictObject({ kind: z.literal("cursor"), cursor: z.string().regex(/^[a-z-]{1,32}$/) }),
  z.strictObject({ kind: z.literal("copied"), text: z.string().min(1).max(copyLimit) }),
  ...widgetHintSchema.options,
]);

/** A list of 500 options that are all as long as they may be. */
const longestHint = 300_000;

/** What the hint script says of its document. */
export type Hint = z.infer<typeof hintSchema>;
/** A widget that the user wants to see. */
export type WidgetHint = z.infer<typeof widgetHintSchema>;

/** Comes out of a renderer that a hostile page may have taken over: taken only if it has the exact form. */
export function parseHint(payload: string): Hint | null {
  if (payload.length > longestHint) return null;
  try {
    return hintSchema.safeParse(JSON.parse(payload)).data ?? null;
  } catch {
    return null;
  }
}
